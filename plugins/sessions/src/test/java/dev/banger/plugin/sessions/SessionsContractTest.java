package dev.banger.plugin.sessions;

import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class SessionsContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(
        CommandCase.of("vm session list", Map.of("vm", "web")),
        CommandCase.of("vm session start", Map.of("vm", "web", "command", "true")),
        CommandCase.of("vm session rm", Map.of("vm", "web", "ended", "true")));
  }
}
