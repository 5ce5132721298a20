package dev.banger.plugin.filesync;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileSyncContractTest extends PluginContract {
  @TempDir Path host;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.createDirectories(host.resolve("aws"));
    Files.writeString(host.resolve("aws/credentials"), "secret");
  }

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(FileSyncPlugin::new);
  }

  @Override
  protected Map<String, ?> config() {
    return Map.of(
        "entries",
        List.of(
            Map.of("host", host.resolve("aws").toString(), "guest", "~/.aws"),
            Map.of("host", host.resolve("missing").toString(), "guest", "~/missing")));
  }

  @Override
  protected void world(World world) {
    world.answering(command -> answer(world, command));
  }

  /** A command does not say in which guest it is: it is the one with the directory it names. */
  private static GuestResult answer(World world, GuestCommand command) {
    for (VmView vm : world.vms()) {
      Path root = world.guestRoot(vm);
      if (command.argv().stream()
          .anyMatch(
              word ->
                  word.startsWith(Scripts.STAGING) && Files.exists(root.resolve("root/" + word)))) {
        return ShellGuests.run(root, command);
      }
    }
    return new GuestResult(0, "", "", false);
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("vm sync", Map.of("vm", "web")));
  }
}
