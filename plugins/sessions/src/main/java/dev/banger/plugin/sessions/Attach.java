package dev.banger.plugin.sessions;

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

/** {@code vm session attach}. */
final class Attach {
  /** What a terminal is shown of what came before: a screen or a few. */
  private static final long SCREENS = 32 << 10;

  private static final int LOST = 125;

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
    JobView view = new JobView(from.stdout(), from.stderr(), true, !job.terminal(), input);
    try (Reader reader = open(session, from, view)) {
      boolean isLines = here.size().isPresent() && !job.terminal();
      Typing typing = isLines ? new LineTyping(session, reader, here) : new RawTyping(reader, here);
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

  /** A terminal is shown its last screens, pipes get everything that is kept. */
  private static Cursor from(CommandCall call, GuestJob job, TerminalStreams here) {
    if (call.find("since").isPresent()) {
      return Cursor.parse(call.text("since"));
    }
    return here.size().isPresent() ? Cursor.tail(job, SCREENS) : Cursor.OLDEST;
  }

  private static Reader open(Named session, Cursor from, JobView view) throws InterruptedException {
    try {
      return new Reader(session, from, view);
    } catch (CapabilityException e) {
      if (e.kind() != FailureKind.CONFLICT) {
        throw e;
      }
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "somebody else types into session %s".formatted(session.name()),
          session.line("attach") + " --read-only",
          e);
    }
  }

  private CommandResult run(boolean isTyping) throws IOException, InterruptedException {
    here.size().ifPresent(reader::resize);
    here.onResize(reader::resize);
    Leaving leaving = new Leaving(Thread.currentThread());
    Thread.ofVirtual()
        .name("session-typing")
        .start(
            () -> {
              if (typing.run(isTyping)) {
                leaving.now();
              }
            });
    try {
      return CommandResult.exit(copy());
    } catch (InterruptedException e) {
      if (leaving.over()) {
        return left();
      }
      throw e;
    } finally {
      var _ = leaving.over();
      reader.close();
    }
  }

  private CommandResult left() throws IOException {
    here.out()
        .write(
            "\r\nleft session %s, which goes on; %s\r\n"
                .formatted(session.name(), session.line("attach"))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return CommandResult.none();
  }

  /** Until the session ends; its exit code. */
  private int copy() throws IOException, InterruptedException {
    while (true) {
      switch (reader.next()) {
        case JobConnection.Output output -> {
          OutputStream to = output.error() ? here.err() : here.out();
          to.write(typing.shown(output.bytes()));
          to.flush();
        }
        case JobConnection.Dropped dropped -> {
          // On pipes a gap would pass for what the session said.
          if (here.size().isEmpty()) {
            Logs.say(here, Logs.dropped(dropped));
          }
        }
        case JobConnection.Ended ended -> {
          return ended.job().exitCode().orElse(LOST);
        }
        case null -> {
          return reader.job().exitCode().orElse(LOST);
        }
      }
    }
  }

  /** Interrupts whoever reads when somebody leaves, and never afterwards. */
  private static final class Leaving {
    private final Thread reading;
    private boolean left;
    private boolean over;

    Leaving(Thread reading) {
      this.reading = reading;
    }

    synchronized void now() {
      if (!over) {
        left = true;
        reading.interrupt();
      }
    }

    /** Whether somebody has left. */
    synchronized boolean over() {
      if (!over && left) {
        var _ = Thread.interrupted();
      }
      over = true;
      return left;
    }
  }
}
