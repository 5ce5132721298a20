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
    PluginPorts ports, HostToolRunner tools, HostCalls calls, Path dataRoot, Path home) {}
