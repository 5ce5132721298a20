package dev.banger.core.plugins;

import dev.banger.hooks.InstalledPlugins;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A plugin on disk.
 *
 * @param name its id, or the name of its directory while the id is not known
 * @param origin what people know it by: a directory or a zip
 * @param dir where its manifest and its classes are
 * @param digest of its code, 64 hexadecimal digits; empty while that is not known
 * @param manifest empty when it could not be read
 * @param state ACTIVE stands for: may be loaded
 * @param reason why it may not
 */
record FoundPlugin(
    String name,
    Source source,
    Path origin,
    Path dir,
    String digest,
    Optional<PluginManifest> manifest,
    PluginState state,
    String reason) {
  /** How it came here; of several with one id the first of these is used. */
  enum Source {
    /** Laid over by its author while it is written. */
    DEV,
    INSTALLED,
    /** Comes with banger, or lies in the directory for plugins. */
    FOUND
  }

  String id() {
    return name;
  }

  String version() {
    return manifest.map(PluginManifest::version).orElse("");
  }

  /** As the table of installed plugins names it. */
  InstalledPlugins.Version asVersion() {
    return new InstalledPlugins.Version(version(), digest);
  }

  FoundPlugin refused(PluginState why, String because) {
    return new FoundPlugin(name, source, origin, dir, digest, manifest, why, because);
  }
}
