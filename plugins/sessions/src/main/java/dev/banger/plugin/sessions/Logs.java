package dev.banger.plugin.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.TerminalStreams;
import java.io.IOException;
import java.io.OutputStream;

/** {@code vm session logs}: bytes as they are, and where to go on from. */
final class Logs {
  private Logs() {}

  static CommandResult run(CommandCall call) throws Exception {
    if (call.find("since").isPresent() && call.find("tail").isPresent()) {
      throw new CapabilityException(
          FailureKind.USAGE, "--since and --tail exclude each other", "leave one out");
    }
    Named session = Named.of(call);
    Cursor from = from(call, session);
    JobView view =
        new JobView(from.stdout(), from.stderr(), call.flag("follow"), false, JobView.Input.NONE);
    TerminalStreams terminal = call.terminal();
    try (Reader reader = new Reader(session, from, view)) {
      copy(reader, terminal);
      if (call.flag("print-cursor")) {
        say(terminal, "cursor " + reader.cursor());
      }
    }
    return CommandResult.none();
  }

  private static Cursor from(CommandCall call, Named session) throws InterruptedException {
    if (call.find("since").isPresent()) {
      return Cursor.parse(call.text("since"));
    }
    if (call.find("tail").isPresent()) {
      long bytes = call.integer("tail");
      if (bytes < 0) {
        throw new CapabilityException(
            FailureKind.INVALID, "--tail must be 0 or more, got " + bytes, "--tail 4096");
      }
      GuestJob job = session.job();
      return Cursor.tail(job, bytes);
    }
    return Cursor.OLDEST;
  }

  private static void copy(Reader reader, TerminalStreams terminal)
      throws IOException, InterruptedException {
    JobConnection.Event event = reader.next();
    while (event != null) {
      switch (event) {
        case JobConnection.Output output -> {
          OutputStream to = output.error() ? terminal.err() : terminal.out();
          to.write(output.bytes());
          to.flush();
        }
        case JobConnection.Dropped dropped -> say(terminal, dropped(dropped));
        case JobConnection.Ended ended -> {
          return;
        }
      }
      event = reader.next();
    }
  }

  static String dropped(JobConnection.Dropped dropped) {
    return "%d bytes of %s were dropped before they were read"
        .formatted(
            dropped.to() - dropped.from(), dropped.error() ? "standard error" : "standard output");
  }

  static void say(TerminalStreams terminal, String line) throws IOException {
    terminal.err().write((line + "\n").getBytes(UTF_8));
    terminal.err().flush();
  }
}
