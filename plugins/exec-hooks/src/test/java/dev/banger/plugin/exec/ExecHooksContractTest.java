package dev.banger.plugin.exec;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.ToolScript;
import dev.banger.testkit.World;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** With a script in each phase, really run. */
class ExecHooksContractTest extends PluginContract {
  /** Makes a directory with a name of its own for each VM; its name is made up by the plan. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      name=$BANGER_HOOK_PHASE-$BANGER_HOOK_VM_ID
      read -r asked
      [ $1 = plan ] || { name=${asked##*\\"dir\\":\\"}; name=${name%%\\"*}; }
      cd @cache@
      case $1 in
        plan) echo '{"receipt":{"dir":"'$name'"}}' ;;
        start) mkdir -p "$name"; echo '{"note":"made"}' ;;
        stop) [ ! -d "$name" ] || rmdir "$name" ;;
        observe) [ -d "$name" ] && echo '{"state":"present"}' || echo '{"state":"gone"}' ;;
      esac
      """;

  @TempDir Path temp;
  private Path hooks;
  private Path cache;

  @BeforeEach
  void scripts() throws IOException {
    hooks = Bench.mode(Files.createDirectory(temp.resolve("hooks")), "rwx------");
    cache = Files.createDirectory(temp.resolve("cache"));
    for (String phase : List.of("prepare", "host", "guest")) {
      Path dir = Bench.mode(Files.createDirectory(hooks.resolve(phase)), "rwx------");
      Path script = dir.resolve("10-cache");
      Bench.mode(
          Files.writeString(script, SCRIPT.replace("@cache@", cache.toString())), "rwx------");
    }
  }

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(ExecHooksPlugin::new);
  }

  @Override
  protected Map<String, ?> config() {
    return Map.of("dir", hooks.toString(), "required", List.of("host/10-cache"));
  }

  @Override
  protected void world(World world) {
    removeAll();
    world.tool("env", new Scripted());
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    removeAll();
  }

  private List<Path> made() {
    try (Stream<Path> paths = Files.list(cache)) {
      return paths.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeAll() {
    try {
      for (Path path : made()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("hooks list", Map.of()));
  }

  /** Receipts have absolute paths; those that are kept have {@code @hooks@} instead. */
  @Override
  protected Path receipts() {
    Path kept = Path.of("src/test/resources/receipts");
    Path here = temp.resolve("receipts");
    try (Stream<Path> files = Files.walk(kept)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = here.resolve(kept.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, Files.readString(file).replace("@hooks@", hooks.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return here;
  }

  /** Really runs the scripts. What they make is what is to be looked for after a stop. */
  private final class Scripted implements ToolScript {
    @Override
    public ToolResult run(ToolCall call) {
      try {
        ProcessBuilder builder =
            new ProcessBuilder(call.argv()).directory(call.cwd().orElseThrow().toFile());
        builder.environment().putAll(call.env());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (OutputStream in = process.getOutputStream()) {
          call.stdin().orElseThrow().transferTo(in);
        }
        process.getInputStream().transferTo(call.stdout().orElseThrow());
        return new ToolResult(process.onExit().join().exitValue(), "", "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Map<String, String> state() {
      Map<String, String> state = new TreeMap<>();
      for (Path path : made()) {
        state.put(path.getFileName().toString(), "made");
      }
      return state;
    }
  }
}
