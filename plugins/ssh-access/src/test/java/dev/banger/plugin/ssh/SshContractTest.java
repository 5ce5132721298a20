package dev.banger.plugin.ssh;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class SshContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected void world(World world) {
    world.tool("ssh-keygen", SshContractTest::keygen);
  }

  private static ToolResult keygen(ToolCall call) {
    Path file = Path.of(call.argv().getLast());
    try {
      Files.writeString(file, "a private key\n");
      Files.writeString(
          file.resolveSibling(file.getFileName() + ".pub"), "ssh-ed25519 " + "A".repeat(68) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ToolResult(0, "", "");
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("vm ssh-info", Map.of("vm", "web")));
  }
}
