package dev.banger.plugin.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** {@code vm session send}. */
final class Send {
  private static final JobView TYPING =
      new JobView(JobView.NOW, JobView.NOW, true, false, JobView.Input.SHARED);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Send() {}

  static CommandResult run(CommandCall call) throws Exception {
    Named session = Named.of(call);
    Optional<String> text = call.find("text");
    if (text.isEmpty() && call.flag("enter")) {
      throw new CapabilityException(
          FailureKind.USAGE,
          "--enter goes with a text",
          "banger vm session send VM NAME '' --enter");
    }
    try (JobConnection connection = session.connect(TYPING)) {
      GuestJob job = connection.job();
      if (!job.isRunning() || !job.inputOpen()) {
        throw new CapabilityException(
            FailureKind.ILLEGAL_STATE,
            job.isRunning()
                ? "the input of session %s was ended before".formatted(session.name())
                : "session %s has ended: %s".formatted(session.name(), Words.how(job)),
            session.line("logs"));
      }
      long wanted = job.inputBytes();
      if (text.isPresent()) {
        byte[] bytes = (text.get() + end(call, job)).getBytes(UTF_8);
        connection.write(bytes, 0, bytes.length);
        wanted += bytes.length;
      } else {
        wanted += copy(call.terminal().in(), connection);
      }
      if (call.flag("eof")) {
        connection.endInput();
      }
      awaitTaken(session, wanted);
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "the guest of %s went away; part of it may not have arrived"
              .formatted(session.vm().name()),
          session.line("show"),
          e);
    }
    return CommandResult.none();
  }

  /** What the key Enter sends is a carriage return; on pipes lines end as in files. */
  private static String end(CommandCall call, GuestJob job) {
    if (!call.flag("enter")) {
      return "";
    }
    return job.terminal() ? "\r" : "\n";
  }

  private static long copy(InputStream from, JobConnection to) throws IOException {
    byte[] buffer = new byte[32 * 1024];
    long copied = 0;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      copied += count;
    }
    return copied;
  }

  /**
   * Closing gives up what is still under way, so the guest is asked until it has taken all. Others
   * may type too, and their bytes count as well: then this returns a little early.
   */
  private static void awaitTaken(Named session, long wanted) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long pause = 10;
    GuestJob job = session.job();
    while (job.isRunning() && job.inputBytes() < wanted) {
      if (System.nanoTime() - end > 0) {
        throw new CapabilityException(
            FailureKind.TIMEOUT,
            "session %s has left %d bytes unread for %s"
                .formatted(session.name(), wanted - job.inputBytes(), Words.took(PATIENCE)),
            session.line("show"));
      }
      Thread.sleep(pause);
      pause = Math.min(500, pause * 2);
      job = session.job();
    }
    if (job.inputBytes() < wanted) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "session %s ended with %d bytes of it unread: %s"
              .formatted(session.name(), wanted - job.inputBytes(), Words.how(job)),
          session.line("logs"));
    }
  }
}
