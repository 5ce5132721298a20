package dev.banger.plugin.workspace;

import dev.banger.api.ToolResult;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;

/** What its command does needs a real git, and is in {@link PrepareTest}. */
class WorkspaceContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(WorkspacePlugin::new);
  }

  @Override
  protected void world(World world) {
    world.tool("git", _ -> new ToolResult(0, "", ""));
  }
}
