package dev.banger.core.plugins;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where plugins are.
 *
 * @param roots directories that hold one directory or zip per plugin; of two plugins with the same
 *     id the one in the earlier root is used. Need not exist.
 * @param unpackedDir where zips are unpacked; a cache
 * @param dataRoot holds one directory per plugin, its own to keep things in
 * @param disabled ids of plugins that are not to be loaded
 * @param config what is configured for plugins, by their ids
 */
public record PluginSettings(
    List<Path> roots,
    Path unpackedDir,
    Path dataRoot,
    Set<String> disabled,
    Map<String, Map<String, String>> config) {
  public PluginSettings {
    roots = List.copyOf(roots);
    disabled = Set.copyOf(disabled);
    config = Map.copyOf(config);
  }
}
