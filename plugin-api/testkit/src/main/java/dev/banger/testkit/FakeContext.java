package dev.banger.testkit;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import java.nio.file.Path;
import java.util.Map;

/** A context for a plugin under test. {@code dataDir} exists already. */
public record FakeContext(
    String pluginId, Path dataDir, CapabilityHost host, Map<String, String> config)
    implements PluginContext {
  /** Nothing is configured. */
  public FakeContext(String pluginId, Path dataDir, CapabilityHost host) {
    this(pluginId, dataDir, host, Map.of());
  }

  @Override
  public System.Logger log() {
    return System.getLogger("banger.plugin." + pluginId);
  }
}
