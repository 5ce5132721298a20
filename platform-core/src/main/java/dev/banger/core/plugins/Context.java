package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** What a plugin gets with one call. */
record Context(String pluginId, Path data, Map<String, String> config, CapabilityHost host)
    implements PluginContext {
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
