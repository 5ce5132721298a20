package dev.banger.api.build;

import dev.banger.api.ApiVersion;
import dev.banger.api.CapabilityPlugin;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a plugin's manifest in its build, by asking its code, so that the two cannot drift apart.
 *
 * <p>Arguments: id, version, entry class, output file.
 */
public final class ManifestWriter {
  private ManifestWriter() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 4) {
      throw new IllegalArgumentException("usage: ManifestWriter ID VERSION ENTRY-CLASS FILE");
    }
    Manifest.Identity identity =
        new Manifest.Identity(args[0], args[1], ApiVersion.range(), args[2]);
    CapabilityPlugin plugin =
        Class.forName(args[2], true, Thread.currentThread().getContextClassLoader())
            .asSubclass(CapabilityPlugin.class)
            .getConstructor()
            .newInstance();
    Path file = Path.of(args[3]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JsonText.pretty(Manifest.of(identity, Registration.of(plugin))));
  }
}
