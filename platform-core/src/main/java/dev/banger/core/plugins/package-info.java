/**
 * Plugins behind one door, {@link dev.banger.core.plugins.PluginRuntime}: the catalog of what is
 * installed, the class loaders, the gate every call into a plugin goes through, and what a plugin
 * may ask back.
 */
package dev.banger.core.plugins;
