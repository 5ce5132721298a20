package dev.banger.core.plugins;

import dev.banger.hooks.HostCalls;

/** What all plugins share of the core. */
record HostServices(PluginPorts ports, HostToolRunner tools, HostCalls calls) {}
