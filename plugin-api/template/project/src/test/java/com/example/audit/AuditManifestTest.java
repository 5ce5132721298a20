package com.example.audit;

import dev.banger.api.CapabilityPlugin;
import dev.banger.testkit.ManifestContract;

class AuditManifestTest extends ManifestContract {
  @Override
  protected CapabilityPlugin plugin() {
    return new AuditPlugin();
  }

  @Override
  protected String id() {
    return "audit";
  }

  @Override
  protected String version() {
    return System.getProperty("plugin.version", "0.1.0");
  }
}
