package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.term.Signals.Subscription;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code banger vm ssh}: the host's own ssh, led to the guest. */
public final class VmSsh implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("a shell in a VM, or one command, by the host's ssh")
        .description("Exit code: that of ssh, which is the command's own, or 255.")
        .positional("REF", "vm", 1, 1, "name, id, or unique beginning of an id")
        .command(false, "what to run there; a shell runs it, as ssh does")
        .example("banger ssh brisk-otter")
        .example("banger vm ssh brisk-otter -- 'cd repo && make'");
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    PluginCommand plugin = PluginCommand.ssh(call.console(), call.client());
    SshTarget target = SshTarget.of(call, plugin, call.client(), call.parsed().argument(0));
    List<String> command = new ArrayList<>();
    command.add(ssh(call));
    for (String[] setting : target.settings(call)) {
      command.add("-o");
      command.add(setting[0] + "=" + setting[1]);
    }
    command.add("-i");
    command.add(target.identityFile());
    command.add(target.user() + "@" + target.name());
    command.addAll(call.parsed().command());
    call.out().flush();
    call.err().flush();
    int code = await(call, command);
    remind(call, target);
    return code;
  }

  /** From the PATH that the caller gave, which in a test is not this process's own. */
  private static String ssh(Invocation call) {
    for (String directory : call.console().variable("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory).resolve("ssh");
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return candidate.toString();
      }
    }
    throw Failure.failed(
        "unavailable",
        "there is no ssh in PATH",
        "install openssh-client; or banger vm exec, which needs none");
  }

  private static int await(Invocation call, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Redirect.INHERIT)
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(call.console().env());
    builder.directory(call.console().directory().toFile());
    Process process = builder.start();
    Thread ending = new Thread(process::destroy, "banger-ssh-end");
    Runtime.getRuntime().addShutdownHook(ending);
    // Ctrl-C reaches ssh by itself: it is in the same foreground group.
    try (Subscription quiet = call.console().signals().on("INT", () -> {})) {
      return process.waitFor();
    } finally {
      Runtime.getRuntime().removeShutdownHook(ending);
    }
  }

  private static void remind(Invocation call, SshTarget target) {
    if (call.isQuiet()) {
      return;
    }
    Json params =
        Json.build().put("refs", Json.strings(List.of(target.id()))).put("all", false).done();
    try {
      // The daemon may have been away in the meantime; it is not started for this.
      Optional<BangerClient> running = Daemon.find(call.console());
      if (running.isEmpty()) {
        return;
      }
      try (BangerClient client = running.get()) {
        for (Json result : client.call("vm.show", params).get("results").elements()) {
          if ("running".equals(result.get("vm").text("state"))) {
            call.err()
                .println(
                    target.name()
                        + " is still running; banger vm stop "
                        + Text.safe(target.name())
                        + " stops it");
          }
        }
      }
    } catch (RpcException | Failure e) {
      // Only a reminder.
    }
  }
}
