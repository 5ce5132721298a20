package dev.banger.api;

import java.nio.file.Path;

/** What surrounds one call into a plugin. Good until that call returns or its deadline passes. */
public interface PluginContext {
  String pluginId();

  /**
   * A directory of the plugin's own, mode 0700, kept across restarts and upgrades. Made when first
   * asked for.
   */
  Path dataDir();

  CapabilityHost host();

  /** Goes to the daemon's log under the plugin's name. Secrets do not belong there. */
  System.Logger log();
}
