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

  /**
   * The plugin's configuration, {@code [plugins.ID]} of the configuration file over the defaults it
   * declared with {@link Registrar#config}. The same value for as long as the plugin is open.
   *
   * @throws IllegalArgumentException when {@code type} is not the declared one
   */
  <C extends Record> C config(Class<C> type);

  /** Durable values of the plugin's own. */
  PluginStore store();

  CapabilityHost host();

  /** Goes to the daemon's log under the plugin's name. Secrets do not belong there. */
  System.Logger log();
}
