package dev.banger.core.plugins;

/** A command of a plugin. */
public record CommandRef(String pluginId, String path) {}
