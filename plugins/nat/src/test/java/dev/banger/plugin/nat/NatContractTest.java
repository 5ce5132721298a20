package dev.banger.plugin.nat;

import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** With an nft that keeps tables, on a host that does not forward yet. */
class NatContractTest extends PluginContract {
  private FakeNft nft;

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected void world(World world) {
    nft = new FakeNft();
    world.tool("nft", nft);
    world.tool("sysctl", new FakeSysctl());
  }

  @Override
  protected void vm(World world, VmView vm) {
    world.onBridge(vm, true);
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    nft.flush();
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("nat list", Map.of()));
  }
}
