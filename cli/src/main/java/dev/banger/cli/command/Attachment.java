package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Signals.Subscription;
import dev.banger.cli.term.Terminal;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.RpcException;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;

/** A byte stream of the daemon's, joined to our own input and output until it ends. */
final class Attachment {
  /** What Ctrl-C does when the other end has no terminal. */
  enum Interrupts {
    /** Goes on as a signal; a second one soon after hangs up. */
    FORWARDED,
    /** Hangs up. */
    HANG_UP
  }

  /** Hears Ctrl-C. */
  interface Interrupt extends Runnable {
    /** Whether it has hung up. */
    boolean hasLeft();
  }

  /**
   * Takes back what a program that fills the screen has set (xterm's control sequences): scrolling
   * within lines, the other screen, colours, a hidden cursor, keys of an application, mouse, paste.
   * Where the other screen is not shown, the cursor stays where it is.
   */
  private static final String SANE =
      "\0337\033[r\0338\033[?1049l\033[0m\033[?25h\033[?1l\033>"
          + "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\r\n";

  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private final boolean tty;
  private final boolean interactive;
  private final Interrupts interrupts;

  private Attachment(boolean tty, boolean interactive, Interrupts interrupts) {
    this.tty = tty;
    this.interactive = interactive;
    this.interrupts = interrupts;
  }

  /** Our terminal in raw mode: every key goes there, and every change of the window's size. */
  static Attachment terminal() {
    return new Attachment(true, true, Interrupts.HANG_UP);
  }

  /**
   * @param interactive whether our standard input goes there
   */
  static Attachment pipes(boolean interactive, Interrupts interrupts) {
    return new Attachment(false, interactive, interrupts);
  }

  /**
   * Calls {@code method} and copies until the end.
   *
   * @return the exit code; {@link Streams#OUTPUT_CLOSED} when nobody reads our output any more
   * @throws Failure with exit code 125 when banger failed, 126 and 127 when the command could not
   *     be run or was not found, 130 when Ctrl-C left it
   */
  int run(Invocation call, String method, Json params) throws IOException {
    Console console = call.console();
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream(method, params, Notifications.IGNORED)) {
      return tty ? inTerminal(console, stream) : plain(console, stream);
    } catch (RpcException e) {
      throw bangerFailed(Failure.of(e));
    }
  }

  /** The same failure as exit code 125; wrong usage and Ctrl-C keep theirs. */
  static Failure bangerFailed(Failure failure) {
    return failure.exitCode() == Failure.FAILED
        ? failure.withExitCode(Failure.BANGER_FAILED)
        : failure;
  }

  private int inTerminal(Console console, ByteStream stream) throws IOException {
    try (Terminal terminal = Terminal.raw();
        Subscription resized = console.signals().on("WINCH", () -> resize(stream))) {
      // The window may have changed since the request was written.
      resize(stream);
      pumpInput(console, stream);
      return copy(console, stream, null);
    } catch (Failure e) {
      // Whoever filled the screen has not said goodbye to it.
      console.out().print(SANE);
      console.out().flush();
      throw e;
    }
  }

  private static void resize(ByteStream stream) {
    int[] size = Terminal.size();
    try {
      stream.resize(size[0], size[1]);
    } catch (IOException e) {
      // The stream has ended; whoever reads it tells.
    }
  }

  private int plain(Console console, ByteStream stream) throws IOException {
    return switch (interrupts) {
      case FORWARDED -> {
        try (Subscription terminated =
            console.signals().on("TERM", () -> signal(stream, SIGTERM))) {
          yield plain(
              console,
              stream,
              new ExecInterrupt(System::nanoTime, () -> signal(stream, SIGINT), stream::close));
        }
      }
      case HANG_UP -> plain(console, stream, new HangUp(stream));
    };
  }

  private int plain(Console console, ByteStream stream, Interrupt interrupt) throws IOException {
    try (Subscription interrupted = console.signals().on("INT", interrupt)) {
      if (interactive) {
        pumpInput(console, stream);
      }
      return copy(console, stream, interrupt);
    }
  }

  private static void signal(ByteStream stream, int number) {
    try {
      stream.signal(number);
    } catch (IOException e) {
      // As in resize.
    }
  }

  private int copy(Console console, ByteStream stream, Interrupt interrupt) throws IOException {
    try {
      return Streams.copy(stream, console.out(), console.err());
    } catch (Streams.OutputClosedException e) {
      return Streams.OUTPUT_CLOSED;
    } catch (Failure e) {
      if (interrupt != null && interrupt.hasLeft()) {
        throw left();
      }
      throw bangerFailed(e);
    } catch (IOException e) {
      if (interrupt != null && interrupt.hasLeft()) {
        throw left();
      }
      throw bangerFailed(Streams.lost());
    }
  }

  private Failure left() {
    return switch (interrupts) {
      case FORWARDED -> Failure.interrupted("interrupted; the guest's command was hung up", "");
      case HANG_UP -> Failure.interrupted("interrupted", "");
    };
  }

  /** A thread of its own, left behind when the command ends first: a read cannot be broken off. */
  private static void pumpInput(Console console, ByteStream stream) {
    Thread pump =
        new Thread(
            () -> {
              byte[] buffer = new byte[ByteFrames.MAX_PAYLOAD];
              try {
                for (int got = console.in().read(buffer);
                    got >= 0;
                    got = console.in().read(buffer)) {
                  if (got > 0) {
                    stream.input(buffer, 0, got);
                  }
                }
                stream.endInput();
              } catch (IOException e) {
                // The command has ended, or our input is broken: no more comes either way.
              }
            },
            "banger-stdin");
    pump.setDaemon(true);
    pump.start();
  }

  private static final class HangUp implements Interrupt {
    private final ByteStream stream;
    private volatile boolean hasLeft;

    HangUp(ByteStream stream) {
      this.stream = stream;
    }

    @Override
    public void run() {
      hasLeft = true;
      stream.close();
    }

    @Override
    public boolean hasLeft() {
      return hasLeft;
    }
  }
}
