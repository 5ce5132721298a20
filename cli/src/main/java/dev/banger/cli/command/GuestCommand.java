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
import java.util.List;
import java.util.Map;

/**
 * One command in a guest, its input and output joined to ours.
 *
 * @param cwd where it runs in the guest, or null for the daemon's default
 * @param interactive whether our standard input goes to it
 * @param tty whether it gets a terminal, driven by ours
 */
record GuestCommand(
    String ref,
    List<String> command,
    String cwd,
    Map<String, String> env,
    boolean interactive,
    boolean tty) {
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  /** As shells count a death by SIGPIPE. */
  private static final int OUTPUT_CLOSED = 141;

  /**
   * Runs it.
   *
   * @return its exit code
   * @throws Failure with exit code 125 when banger failed, 126 and 127 when the command could not
   *     be run or was not found, 130 when a second Ctrl-C left it
   */
  int run(Invocation call) throws IOException {
    Console console = call.console();
    if (tty && !(console.inputTerminal() && console.outputTerminal())) {
      throw Failure.usage(
          "-t needs a terminal on standard input and output", "leave -t out, or use -i alone");
    }
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.exec", params(), Notifications.IGNORED)) {
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

  private Json params() {
    Json.Builder params =
        Json.build().put("ref", ref).put("command", Json.strings(command)).put("tty", tty);
    params.put("stdin", interactive || tty);
    if (cwd != null) {
      params.put("cwd", cwd);
    }
    if (!env.isEmpty()) {
      params.put("env", Json.ofMap(env));
    }
    if (tty) {
      int[] size = Terminal.size();
      params.put("rows", size[0]).put("cols", size[1]);
    }
    return params.done();
  }

  private int inTerminal(Console console, ByteStream stream) throws IOException {
    try (Terminal terminal = Terminal.raw();
        Subscription resized = console.signals().on("WINCH", () -> resize(stream))) {
      // The window may have changed since the request was written.
      resize(stream);
      pumpInput(console, stream);
      return copy(console, stream, null);
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
    ExecInterrupt interrupt =
        new ExecInterrupt(System::nanoTime, () -> signal(stream, SIGINT), stream::close);
    try (Subscription interrupted = console.signals().on("INT", interrupt);
        Subscription terminated = console.signals().on("TERM", () -> signal(stream, SIGTERM))) {
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

  private static int copy(Console console, ByteStream stream, ExecInterrupt interrupt)
      throws IOException {
    try {
      return Streams.copy(stream, console.out(), console.err());
    } catch (Streams.OutputClosedException e) {
      return OUTPUT_CLOSED;
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

  private static Failure left() {
    return Failure.interrupted("interrupted; the guest's command was hung up", "");
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
}
