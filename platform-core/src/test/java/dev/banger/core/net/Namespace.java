package dev.banger.core.net;

import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import dev.banger.core.host.Privileges;
import dev.banger.core.host.ProcessCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A network of the test's own: a namespace that lives as long as one process sleeps in it. */
final class Namespace implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Process keeper;
  private final List<String> enter;

  private Namespace(Process keeper, List<String> enter) {
    this.keeper = keeper;
    this.enter = enter;
  }

  /** Without root it has a user namespace, too, in which its user is root. */
  static Namespace open() throws IOException {
    boolean root = HostUser.current().isRoot();
    Process keeper =
        new ProcessBuilder(
                "unshare", root ? "-n" : "-Urn", "sh", "-c", "echo there; exec sleep 600")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> enter = new ArrayList<>(List.of("nsenter", "-t", Long.toString(keeper.pid())));
    enter.addAll(root ? List.of("-n") : List.of("-U", "-n", "--preserve-credentials"));
    Namespace namespace = new Namespace(keeper, enter);
    if (!"there".equals(keeper.inputReader().readLine())) {
      namespace.close();
      throw new IOException("no network namespace can be made here");
    }
    return namespace;
  }

  /** The host's tools, run inside. */
  Commands commands() {
    ProcessCommands outside = new ProcessCommands();
    return new Commands() {
      @Override
      public Result run(Call call) throws InterruptedException {
        List<String> argv = new ArrayList<>(enter);
        argv.addAll(call.argv());
        return outside.run(
            new Call(argv, call.deadline(), call.stdin(), call.stdout(), call.env(), call.cwd()));
      }

      @Override
      public Optional<Path> find(String tool) {
        return outside.find(tool);
      }
    };
  }

  IpTool ip(Commands commands) {
    return new IpTool(
        commands,
        new Privileges(commands, true),
        Path.of("/proc/%d/net/dev".formatted(keeper.pid())));
  }

  IpTool ip() {
    return ip(commands());
  }

  /** Runs a tool, which must end well. */
  String run(String line) throws InterruptedException {
    return commands().check(Commands.Call.of(LIMIT, line.split(" "))).stdout();
  }

  @Override
  public void close() {
    keeper.destroyForcibly();
    keeper.onExit().completeOnTimeout(keeper, 10, TimeUnit.SECONDS).join();
    if (Files.exists(Path.of("/proc/" + keeper.pid() + "/ns/net"))) {
      throw new AssertionError("the process that keeps the namespace is still there");
    }
  }
}
