package dev.banger.plugin.nat;

import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** On a host without nft, where rules are made one by one, with a moment to crash at each. */
class IpTablesContractTest extends PluginContract {
  private FakeIpTables iptables;

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected void world(World world) {
    iptables = new FakeIpTables();
    world.tool("iptables", iptables);
    world.tool("iptables-save", iptables::save);
    world.tool("sysctl", new FakeSysctl());
    world.without("nft");
  }

  @Override
  protected void vm(World world, VmView vm) {
    world.onBridge(vm, true);
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    iptables.flush();
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("nat list", Map.of()));
  }

  /** Those of nft are for hosts that have it. */
  @Override
  protected Path receipts() {
    return Path.of("src/test/resources/receipts-iptables");
  }
}
