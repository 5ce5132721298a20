package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.util.Map;
import java.util.Optional;

/** What people configured for a plugin, over its defaults. */
final class PluginConfig {
  private PluginConfig() {}

  /**
   * @param table {@code [plugins.ID]}
   * @return null when the plugin has no configuration
   * @throws CapabilityException of kind INVALID naming the key
   */
  static Record of(String pluginId, Optional<Record> defaults, Map<String, String> table) {
    if (defaults.isEmpty() && !table.isEmpty()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "[plugins.%s] has %s, and the plugin has nothing to configure"
              .formatted(pluginId, table.keySet()));
    }
    return defaults.orElse(null);
  }
}
