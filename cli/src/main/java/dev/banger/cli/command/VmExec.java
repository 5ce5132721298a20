package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.client.RpcException;
import java.io.IOException;

/** {@code banger vm exec}. */
public final class VmExec implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("run one command in a VM; needs neither network nor sshd")
        .description(
            "Exit code: the command's own; 125 when banger failed, 126 when the command cannot be run,\n"
                + "127 when it is not there. Ctrl-C goes to the command; twice within 2 s leaves it.")
        .positional("REF", "vm", 1, 1, "name, id, or unique beginning of an id")
        .flag("-i", "--interactive", "pass standard input on")
        .flag("-t", "--tty", "give it a terminal")
        .value("--cwd", "DIR", "where to run it in the guest")
        .repeat("--env", "KEY=VALUE", "a variable for it")
        .command(true, "what to run, not through a shell")
        .example("banger vm exec brisk-otter -- uname -r")
        .example("banger vm exec brisk-otter -it -- bash")
        .example("tar c src | banger vm exec brisk-otter -i -- tar x -C /root");
  }

  @Override
  public int run(Invocation call) throws IOException {
    Parsed parsed = call.parsed();
    GuestCommand command =
        new GuestCommand(
            parsed.argument(0),
            parsed.command(),
            parsed.value("--cwd"),
            parsed.pairs("--env"),
            parsed.flag("--interactive"),
            parsed.flag("--tty"));
    try {
      return command.run(call);
    } catch (RpcException e) {
      throw Attachment.bangerFailed(Failure.of(e));
    } catch (Failure e) {
      throw Attachment.bangerFailed(e);
    }
  }
}
