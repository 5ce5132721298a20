package dev.banger.plugin.ssh;

import dev.banger.api.CapabilityPlugin;
import dev.banger.testkit.ManifestContract;

class SshManifestTest extends ManifestContract {
  @Override
  protected CapabilityPlugin plugin() {
    return new SshAccessPlugin();
  }

  @Override
  protected String id() {
    return "ssh-access";
  }

  @Override
  protected String version() {
    return "0.1.0";
  }
}
