package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityPlugin;
import dev.banger.testkit.ManifestContract;

class WorkspaceManifestTest extends ManifestContract {
  @Override
  protected CapabilityPlugin plugin() {
    return new WorkspacePlugin();
  }

  @Override
  protected String id() {
    return "workspace";
  }

  @Override
  protected String version() {
    return "0.1.0";
  }
}
