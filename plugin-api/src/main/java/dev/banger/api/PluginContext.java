package dev.banger.api;

import java.nio.file.Path;
import java.util.Map;

/** What surrounds one call into a plugin. Good until that call returns or its deadline passes. */
public interface PluginContext {
  String pluginId();

  /**
   * A directory of the plugin's own, mode 0700, kept across restarts and upgrades. Made when first
   * asked for.
   */
  Path dataDir();

  /**
   * The plugin's own table of the configuration, {@code [plugins.ID]}; empty when there is none.
   * Nobody else has checked it: the plugin refuses, with kind INVALID, what it does not know.
   * Values are text as written, {@code true}, {@code false} or a number; {@code more.deep} is an
   * entry of the table {@code more}, {@code list.0} the first of the list {@code list}.
   */
  default Map<String, String> config() {
    return Map.of();
  }

  CapabilityHost host();

  /** Goes to the daemon's log under the plugin's name. Secrets do not belong there. */
  System.Logger log();
}
