package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** What a plugin gets with one call. */
record Context(
    String pluginId,
    Path data,
    Optional<Record> configuration,
    PluginStore store,
    CapabilityHost host)
    implements PluginContext {
  @Override
  public <C extends Record> C config(Class<C> type) {
    Record value =
        configuration.orElseThrow(
            () -> new IllegalArgumentException("plugin " + pluginId + " declared no config"));
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "the configuration of plugin %s is a %s, not a %s"
              .formatted(pluginId, value.getClass().getSimpleName(), type.getSimpleName()));
    }
    return type.cast(value);
  }

  @Override
  public Path dataDir() {
    try {
      if (!Files.isDirectory(data)) {
        Files.createDirectories(data.getParent());
        Files.createDirectories(
            data,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return data;
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.HOST,
          "cannot make the data directory of plugin %s: %s".formatted(pluginId, e.getMessage()),
          "",
          e);
    }
  }

  @Override
  public System.Logger log() {
    return System.getLogger("banger.plugin." + pluginId);
  }
}
