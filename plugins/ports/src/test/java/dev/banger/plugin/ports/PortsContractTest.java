package dev.banger.plugin.ports;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.GuestListener;
import dev.banger.api.ToolResult;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

class PortsContractTest extends PluginContract {
  private static final int PORT = 42190;

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected void world(World world) {
    world.tool("getent", _ -> new ToolResult(2, "", ""));
    world.listeners(
        new GuestListener("tcp", "0.0.0.0", PORT, 7, "server", "server --quick", false));
    world.listening(PORT, (in, out) -> out.write("hello".getBytes(UTF_8)));
  }

  @Override
  protected Set<String> stepsThatEndWithTheDaemon() {
    return Set.of("forward");
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(
        CommandCase.of("vm ports", Map.of("vm", "web")), CommandCase.of("vm ports", Map.of()));
  }
}
