package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Terminal;
import dev.banger.client.Json;
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
    Attachment attachment =
        tty
            ? Attachment.terminal()
            : Attachment.pipes(interactive, Attachment.Interrupts.FORWARDED);
    return attachment.run(call, "vm.exec", params());
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
}
