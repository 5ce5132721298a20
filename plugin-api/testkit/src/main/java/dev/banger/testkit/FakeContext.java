package dev.banger.testkit;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import java.nio.file.Path;

/** A context for a plugin under test. {@code dataDir} exists already. */
public record FakeContext(String pluginId, Path dataDir, CapabilityHost host)
    implements PluginContext {
  @Override
  public System.Logger log() {
    return System.getLogger("banger.plugin." + pluginId);
  }
}
