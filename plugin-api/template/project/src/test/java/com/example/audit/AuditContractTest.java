package com.example.audit;

import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.util.List;
import java.util.Map;

/** What holds for every plugin: starts, stops, failures and crashes at every moment, and more. */
class AuditContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(AuditPlugin::new);
  }

  @Override
  protected void world(World world) {
    world.answering(_ -> new GuestResult(0, "6.1.0\n", "", false));
  }

  /** Not compared: the log, which has the time in it. */
  @Override
  protected String stable(String name, String value) {
    return name.startsWith("store of vm ") ? null : value;
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("vm audit", Map.of("vm", "web")));
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    world.dataDir().resolve(vm.id() + ".running").toFile().delete();
  }
}
