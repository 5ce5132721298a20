package dev.banger.core.plugins;

import dev.banger.api.ApiVersion;
import dev.banger.api.build.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is installed, learnt from manifests alone. */
final class Catalog {
  private static final int MAX_PER_ROOT = 256;

  private Catalog() {}

  /**
   * A plugin on disk.
   *
   * @param name its id, or the name of its directory while the id is not known
   * @param dir where its manifest and {@code lib} are
   * @param manifest empty when it could not be read
   * @param state ACTIVE stands for: may be loaded
   */
  record Found(
      String name,
      Path origin,
      Path dir,
      Optional<PluginManifest> manifest,
      PluginState state,
      String reason) {
    Found refused(PluginState why, String because) {
      return new Found(name, origin, dir, manifest, why, because);
    }
  }

  /** Everything in the roots, in the order it is to be loaded. Never fails. */
  static List<Found> scan(PluginSettings settings) {
    List<Found> all = new ArrayList<>();
    for (Path root : settings.roots()) {
      for (Path entry : entries(root)) {
        all.add(look(entry, settings));
      }
    }
    return withoutCollisions(all);
  }

  private static List<Path> entries(Path root) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
      for (Path entry : stream) {
        String name = entry.getFileName().toString();
        boolean zip = name.endsWith(".zip") && Files.isRegularFile(entry);
        if (!name.startsWith(".") && (zip || Files.isDirectory(entry))) {
          entries.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "cannot look for plugins in " + root, e);
    }
    entries.sort(null);
    return entries.subList(0, Math.min(MAX_PER_ROOT, entries.size()));
  }

  private static Found look(Path origin, PluginSettings settings) {
    String name = origin.getFileName().toString();
    Found found = new Found(name, origin, origin, Optional.empty(), PluginState.ACTIVE, "");
    try {
      Path dir =
          name.endsWith(".zip") && !Files.isDirectory(origin)
              ? ZipStore.unpacked(origin, settings.unpackedDir())
              : origin;
      PluginManifest manifest = PluginManifest.read(dir);
      found = new Found(manifest.id(), origin, dir, Optional.of(manifest), PluginState.ACTIVE, "");
      if (settings.disabled().contains(manifest.id())) {
        return found.refused(
            PluginState.DISABLED, "listed in plugins.disabled of the configuration");
      }
      if (!manifest.api().admits(ApiVersion.MAJOR, ApiVersion.MINOR)) {
        return found.refused(
            PluginState.BLOCKED,
            "needs plugin-api %s, this is %s".formatted(manifest.api(), ApiVersion.current()));
      }
      return found;
    } catch (IOException e) {
      return found.refused(PluginState.FAILED, "cannot be unpacked: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return found.refused(PluginState.FAILED, Manifest.FILE + ": " + e.getMessage());
    }
  }

  /** Who comes first keeps an id, a command or a role; who comes later is told who has it. */
  private static List<Found> withoutCollisions(List<Found> all) {
    Map<String, String> taken = new HashMap<>();
    List<Found> result = new ArrayList<>();
    for (Found found : all) {
      result.add(
          found.state() == PluginState.ACTIVE
              ? collision(found, taken)
                  .map(reason -> found.refused(PluginState.BLOCKED, reason))
                  .orElse(found)
              : found);
    }
    return List.copyOf(result);
  }

  private static Optional<String> collision(Found found, Map<String, String> taken) {
    PluginManifest manifest = found.manifest().orElseThrow();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("id:" + manifest.id(), found.origin().toString());
    manifest.commandPaths().forEach(path -> wanted.put("command:" + path, manifest.id()));
    manifest.roles().forEach(role -> wanted.put("role:" + role, manifest.id()));
    for (String key : wanted.keySet()) {
      String owner = taken.get(key);
      if (owner != null) {
        String what = key.substring(key.indexOf(':') + 1);
        return Optional.of(
            switch (key.substring(0, key.indexOf(':'))) {
              case "id" -> "%s holds the id %s already".formatted(owner, what);
              case "role" ->
                  "%s and %s both want the role %s".formatted(owner, manifest.id(), what);
              default ->
                  "%s and %s both add the command \"%s\"".formatted(owner, manifest.id(), what);
            });
      }
    }
    taken.putAll(wanted);
    return Optional.empty();
  }
}
