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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code vm session attach}. */
final class Attach {
  /** What a terminal is shown of what came before: a screen or a few. */
  private static final long SCREENS = 32 << 10;

  /**
   * Takes back what a program that fills the screen has set (xterm's control sequences): scrolling
   * within lines, the other screen, colours, a hidden cursor, keys of an application, mouse, paste.
   * Where the other screen is not shown, the cursor stays where it is.
   */
  private static final String SANE =
      "\0337\033[r\0338\033[?1049l\033[0m\033[?25h\033[?1l\033>"
          + "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l";

  private final Named session;
  private final TerminalStreams here;
  private final Reader reader;
  private final Typing typing;

  private Attach(Named session, TerminalStreams here, Reader reader, Typing typing) {
    this.session = session;
    this.here = here;
    this.reader = reader;
    this.typing = typing;
  }

  static CommandResult run(CommandCall call) throws Exception {
    Named session = Named.of(call);
    GuestJob job = session.job();
    TerminalStreams here = call.terminal();
    if (call.flag("pipe") && job.terminal()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "session %s runs on a terminal, not on pipes".formatted(session.name()),
          session.line("attach"));
    }
    JobView.Input input = input(call, job);
    Cursor from = from(call, job, here);
    // A person may look away; a program gets every byte.
    boolean insists = !job.terminal() && here.size().isEmpty();
    JobView view = new JobView(from.stdout(), from.stderr(), true, insists, input);
    try (Reader reader = new Reader(session, from, view)) {
      long known = call.find("input-from").isPresent() ? skipped(call, reader, input) : 0;
      boolean isLines = here.size().isPresent() && !job.terminal();
      Typing typing =
          isLines
              ? new LineTyping(session, reader, here)
              : new RawTyping(reader, here, !job.terminal(), known);
      return new Attach(session, here, reader, typing).run(input != JobView.Input.NONE);
    }
  }

  private static JobView.Input input(CommandCall call, GuestJob job) {
    if (call.flag("shared") && call.flag("alone")) {
      throw new CapabilityException(
          FailureKind.USAGE, "--shared and --alone exclude each other", "leave one out");
    }
    if (call.flag("read-only") || !job.isRunning() || !job.inputOpen()) {
      return JobView.Input.NONE;
    }
    boolean alone = call.flag("alone") || (!job.terminal() && !call.flag("shared"));
    return alone ? JobView.Input.ALONE : JobView.Input.SHARED;
  }

  /** How much of what will be typed has arrived before. */
  private static long skipped(CommandCall call, Reader reader, JobView.Input input) {
    long arrived = reader.job().inputBytes();
    long from = call.integer("input-from");
    if (input == JobView.Input.SHARED) {
      throw new CapabilityException(
          FailureKind.USAGE, "--input-from wants the input alone", "leave out --shared");
    }
    if (from < 0 || from > arrived) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "--input-from must be 0 to %d, which the session has, got %d".formatted(arrived, from),
          "");
    }
    return arrived - from;
  }

  /** A terminal is shown its last screens, pipes get everything that is kept. */
  private static Cursor from(CommandCall call, GuestJob job, TerminalStreams here) {
    if (call.find("since").isPresent()) {
      return Cursor.parse(call.text("since"));
    }
    return here.size().isPresent() ? Cursor.tail(job, SCREENS) : Cursor.OLDEST;
  }

  private CommandResult run(boolean isTyping) throws IOException, InterruptedException {
    here.size().ifPresent(this::redraw);
    here.onResize(reader::resize);
    AtomicBoolean hasLeft = new AtomicBoolean();
    Thread.ofVirtual()
        .name("session-typing")
        .start(
            () -> {
              if (typing.run(isTyping)) {
                hasLeft.set(true);
                reader.close();
              }
            });
    Optional<GuestJob> ended = copy();
    if (ended.isPresent()) {
      return CommandResult.exit(exitCode(ended.get()));
    }
    if (!hasLeft.get()) {
      throw new InterruptedException("closed");
    }
    String left = "\r\nleft session %s, which goes on; %s\r\n";
    here.out()
        .write(
            ((session.job().terminal() ? SANE : "") + left)
                .formatted(session.name(), session.line("attach"))
                .getBytes(UTF_8));
    here.out().flush();
    return CommandResult.none();
  }

  /** What fills the screen draws itself anew when its size changes, and only then. */
  private void redraw(TerminalStreams.Size size) {
    if (size.rows() > 1) {
      reader.resize(new TerminalStreams.Size(size.rows() - 1, size.columns()));
    }
    reader.resize(size);
  }

  private int exitCode(GuestJob job) {
    if (job.exitCode().isPresent()) {
      return job.exitCode().getAsInt();
    }
    throw new CapabilityException(
        FailureKind.GUEST,
        "session %s was lost: %s".formatted(session.name(), Words.how(job)),
        session.line("logs"));
  }

  /** Until the session ends; empty when somebody leaves. */
  private Optional<GuestJob> copy() throws IOException, InterruptedException {
    while (true) {
      switch (reader.next()) {
        case JobConnection.Output output -> {
          OutputStream to = output.error() ? here.err() : here.out();
          to.write(typing.shown(output.bytes()));
          to.flush();
        }
        case JobConnection.Dropped dropped -> {
          // A gap would pass for what the session said. Screens are drawn anew.
          if (here.size().isEmpty()) {
            throw new CapabilityException(
                FailureKind.ILLEGAL_STATE,
                Logs.dropped(dropped),
                session.line("attach") + " --since start begins with what is kept");
          }
          if (!reader.job().terminal()) {
            Logs.say(here, Logs.dropped(dropped));
          }
        }
        case JobConnection.Ended ended -> {
          return Optional.of(ended.job());
        }
        case null -> {
          return Optional.empty();
        }
      }
    }
  }
}
