package dev.banger.core.plugins;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where plugins are.
 *
 * @param roots directories that hold one directory or zip per plugin; of two plugins with the same
 *     id the one in the earlier root is used. Need not exist.
 * @param unpackedDir where zips are unpacked; a cache
 * @param storeDir where installed versions are kept, each under its digest
 * @param dataRoot holds one directory per plugin, its own to keep things in
 * @param home what {@code ~/} stands for in the configuration of plugins
 * @param wishes what the configuration file says, read anew at each call; throws INVALID when it
 *     cannot be read
 */
public record PluginSettings(
    List<Path> roots,
    Path unpackedDir,
    Path storeDir,
    Path dataRoot,
    Path home,
    Supplier<Wishes> wishes) {
  public PluginSettings {
    roots = List.copyOf(roots);
  }

  /**
   * @param disabled ids of plugins that are not to be active
   * @param tables what is configured for plugins, by their ids
   */
  public record Wishes(Set<String> disabled, Map<String, Map<String, Object>> tables) {
    public Wishes {
      disabled = Set.copyOf(disabled);
      tables = Map.copyOf(tables);
    }
  }
}
