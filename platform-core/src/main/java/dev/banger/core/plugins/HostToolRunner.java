package dev.banger.core.plugins;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.core.host.Commands;
import dev.banger.core.host.Privileges;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the host's tools for plugins, with an environment that does not depend on who started us.
 */
final class HostToolRunner {
  private static final Set<String> PASSED =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME");

  private final Commands commands;
  private final Privileges privileges;

  HostToolRunner(Commands commands) {
    this(commands, new Privileges(commands));
  }

  HostToolRunner(Commands commands, Privileges privileges) {
    this.commands = commands;
    this.privileges = privileges;
  }

  Optional<Path> find(String tool) {
    return commands.find(tool);
  }

  ToolResult run(ToolCall call, Duration deadline) throws InterruptedException {
    List<String> argv = new ArrayList<>();
    Optional<Path> binary = commands.find(call.tool());
    List<String> words = call.isPrivileged() ? privileges.argv(call.argv()) : call.argv();
    if (binary.isPresent()) {
      // Variables are taken away by name: with `env -i` the values of those we keep, and of those
      // the plugin adds, would for a moment be readable in the process list.
      argv.add("env");
      for (String name : System.getenv().keySet()) {
        if (!PASSED.contains(name) && !call.env().containsKey(name) && !name.contains("=")) {
          argv.add("-u");
          argv.add(name);
        }
      }
      argv.add("LC_ALL=C");
    }
    argv.add(call.isPrivileged() || binary.isEmpty() ? words.getFirst() : binary.get().toString());
    argv.addAll(words.subList(1, words.size()));
    Commands.Result result =
        commands.run(
            new Commands.Call(
                argv,
                deadline,
                call.stdin().orElse(null),
                call.stdout().orElse(null),
                call.env(),
                call.cwd().orElse(null)));
    return new ToolResult(result.exitCode(), result.stdout(), result.stderr());
  }
}
