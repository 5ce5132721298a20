package dev.banger.testkit;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A context for a plugin under test. {@code dataDir} exists already.
 *
 * @param settings the plugin's configuration, if it has one
 */
public record FakeContext(
    String pluginId,
    Path dataDir,
    CapabilityHost host,
    Optional<Record> settings,
    PluginStore store)
    implements PluginContext {
  /** Without a configuration. */
  public FakeContext(String pluginId, Path dataDir, CapabilityHost host) {
    this(pluginId, dataDir, host, Optional.empty(), new MemoryStore());
  }

  /** With this configuration. */
  public FakeContext(String pluginId, Path dataDir, CapabilityHost host, Record settings) {
    this(pluginId, dataDir, host, Optional.of(settings), new MemoryStore());
  }

  /**
   * @param table what is configured over the defaults, as in the configuration file: {@code
   *     max_files}; numbers are longs
   * @throws IllegalArgumentException naming the key that is unknown or the value that is refused
   */
  public FakeContext configured(Record defaults, Map<String, ?> table) {
    return new FakeContext(
        pluginId, dataDir, host, Optional.of(Settings.over(defaults, table)), store);
  }

  @Override
  public <C extends Record> C config(Class<C> type) {
    return settings
        .filter(type::isInstance)
        .map(type::cast)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "plugin %s has no configuration %s".formatted(pluginId, type.getSimpleName())));
  }

  @Override
  public System.Logger log() {
    return System.getLogger("banger.plugin." + pluginId);
  }
}
