package dev.banger.plugin.dns;

import dev.banger.api.ToolResult;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** In a class loader that has the JDK, the API and the plugin's own libraries. */
class DnsContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected Map<String, ?> config() {
    return Map.of("listen", "127.0.0.1:0");
  }

  @Override
  protected void world(World world) {
    world.tool("getent", _ -> new ToolResult(2, "", ""));
    world.tool("resolvectl", _ -> new ToolResult(1, "", "not running"));
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("dns list", Map.of()), CommandCase.of("dns status", Map.of()));
  }
}
