package dev.banger.plugin.identity;

import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.testkit.FollowerCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class GitIdentityContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(GitIdentityPlugin::new);
  }

  @Override
  protected void world(World world) {
    world.tool(
        "git",
        call -> {
          // A repository has an identity of its own, told by where git is asked.
          String name = call.env().containsKey("GIT_DIR") ? "Ada" : "Ada at work";
          try {
            call.stdout()
                .orElseThrow()
                .write(
                    "user.name\n%s\0user.email\nada@example.org\0"
                        .formatted(name)
                        .getBytes(StandardCharsets.UTF_8));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new ToolResult(0, "", "");
        });
    world.answering(new GuestShell(world::guestRoot));
  }

  @Override
  protected void vm(World world, VmView vm) {
    world.guestFile(vm, "/root/repo/.git/config", "[core]\n\tbare = false\n");
  }

  @Override
  protected List<FollowerCase> followerCases() {
    return List.of(
        FollowerCase.of(
            "vm.run.import", Map.of("vm", "web", "path", "src"), Map.of("dest", "/root/repo")));
  }
}
