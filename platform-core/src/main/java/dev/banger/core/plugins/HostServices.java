package dev.banger.core.plugins;

import dev.banger.hooks.HostCalls;
import java.nio.file.Path;

/**
 * What all plugins share of the core.
 *
 * @param dataRoot holds one directory per plugin
 * @param home what {@code ~/} stands for
 */
record HostServices(
    PluginPorts ports, HostToolRunner tools, HostCalls calls, Path dataRoot, Path home) {
  /** For plugins that are asked for their declarations and never opened: there is no host. */
  static HostServices forTrials(Path home) {
    return new HostServices(null, null, null, home, home);
  }
}
