package dev.banger.plugin.idle;

import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;

class IdleStopContractTest extends PluginContract {
  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.of(IdleStopPlugin::new);
  }
}
