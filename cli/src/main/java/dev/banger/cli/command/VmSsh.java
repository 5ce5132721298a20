package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.term.Signals.Subscription;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
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
  /** As ssh itself exits when it cannot connect. */
  private static final int NO_WAY_IN = 255;

  @Override
  public void describe(Options options) {
    options
        .summary("a shell in a VM, or one command, by the host's ssh")
        .description(
            "Exit code: that of ssh, which is the command's own, or 255 when there is no way in.\n"
                + "ssh reads no configuration files; banger vm ssh-config is for use with yours.")
        .positional("REF", "vm", 1, 1, "name, id, or unique beginning of an id")
        .command(false, "what to run there; a shell runs it, as ssh does")
        .example("banger ssh brisk-otter")
        .example("banger vm ssh brisk-otter -- 'cd repo && make'");
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    PluginCommand plugin = PluginCommand.ssh(call.console(), call.client());
    SshTarget target = SshTarget.of(call, plugin, call.client(), call.parsed().argument(0));
    String ssh = ssh(call);
    knock(call, target);
    List<String> command = new ArrayList<>();
    command.add(ssh);
    // What the person's files say of a host that happens to be called like the VM (a jump host, a
    // shared connection, a command) is not meant for the VM.
    command.add("-F");
    command.add("none");
    for (String[] setting : target.settings(call)) {
      command.add("-o");
      command.add(setting[0] + "=" + setting[1]);
    }
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

  /**
   * Asks for a connection to the guest's sshd and drops it: what ssh itself says about a proxy that
   * has failed is a riddle.
   */
  private static void knock(Invocation call, SshTarget target) {
    Json params = Json.build().put("ref", target.id()).put("port", SshTarget.PORT).done();
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.proxy", params, Notifications.IGNORED)) {
      stream.endInput();
    } catch (RpcException e) {
      // The VM itself was found a moment ago: what is not there is somebody who listens.
      if (e.kind().equals("notFound") || e.kind().equals("guest")) {
        throw Failure.failed(
                "guest",
                "no SSH server answers in %s: %s".formatted(target.name(), e.getMessage()),
                "banger vm exec %s -- COMMAND needs none; the image debian has one"
                    .formatted(target.name()))
            .withExitCode(NO_WAY_IN);
      }
      throw Failure.of(e).withExitCode(NO_WAY_IN);
    } catch (IOException e) {
      throw Streams.lost().withExitCode(NO_WAY_IN);
    }
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
