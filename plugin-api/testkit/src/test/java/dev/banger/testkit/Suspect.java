package dev.banger.testkit;

import dev.banger.api.VmView;
import dev.banger.testkit.sample.Defect;
import dev.banger.testkit.sample.FakeNft;
import dev.banger.testkit.sample.PortsPlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What an author would write, for whatever is under suspicion at the moment. */
class Suspect extends PluginContract {
  static final ScopedValue<Charge> CHARGE = ScopedValue.newInstance();

  /**
   * @param receipts where receipts are kept
   */
  record Charge(PluginUnderTest plugin, Path receipts) {
    static Charge of(Defect defect, Path receipts) {
      return new Charge(
          PluginUnderTest.named("ports", "1.0.0", () -> new PortsPlugin(defect)), receipts);
    }
  }

  private final FakeNft[] nft = new FakeNft[1];

  @Override
  protected PluginUnderTest plugin() {
    return CHARGE.get().plugin();
  }

  @Override
  protected void world(World world) {
    nft[0] = new FakeNft();
    world.tool("nft", nft[0]);
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    nft[0].remove(vm.id());
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("ports list", Map.of()));
  }

  @Override
  protected List<FollowerCase> followerCases() {
    return List.of(FollowerCase.of("vm.test", Map.of("vm", "web"), Map.of("dest", "/root/repo")));
  }

  @Override
  protected Path receipts() {
    return CHARGE.get().receipts();
  }
}
