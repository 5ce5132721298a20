package dev.banger.core.plugins;

/**
 * What became of a plugin that was to change.
 *
 * @param version the one that is used now, or would be if it were switched on
 * @param note what people should know, for example that the old version stays for a while; may be
 *     empty
 */
public record PluginChange(String id, String version, PluginState state, String note) {}
