package dev.banger.core.plugins;

import dev.banger.api.ApiVersion;
import dev.banger.api.build.Manifest;
import dev.banger.core.host.IoReasons;
import dev.banger.core.plugins.FoundPlugin.Source;
import dev.banger.hooks.InstalledPlugins;
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
   * What there is of versions that are not in the roots.
   *
   * @param overlays what authors work on, each under its digest in the store
   */
  record Chosen(List<InstalledPlugins.Installed> installed, Map<String, Overlay> overlays) {
    Chosen {
      installed = List.copyOf(installed);
      overlays = Map.copyOf(overlays);
    }

    boolean isSwitchedOff(String id) {
      return installed.stream().anyMatch(each -> each.id().equals(id) && !each.enabled());
    }
  }

  /** A plugin under development. */
  record Overlay(Path origin, String digest) {}

  /** Everything there is, at most one usable of an id. Never fails. */
  static List<FoundPlugin> scan(
      PluginSettings settings, PluginSettings.Wishes wishes, Chosen chosen) {
    Map<String, FoundPlugin> stored = new LinkedHashMap<>();
    chosen
        .overlays()
        .forEach(
            (id, overlay) ->
                stored.put(
                    id,
                    look(
                        id,
                        Source.DEV,
                        overlay.origin(),
                        settings.storeDir().resolve(overlay.digest()),
                        overlay.digest())));
    for (InstalledPlugins.Installed plugin : chosen.installed()) {
      plugin
          .current()
          .ifPresent(
              version ->
                  stored.computeIfAbsent(
                      plugin.id(), id -> inStore(settings, id, version.digest())));
    }
    List<FoundPlugin> all = new ArrayList<>(stored.values());
    for (Path root : settings.roots()) {
      for (Path entry : entries(root)) {
        FoundPlugin found = look(entry, settings);
        if (!stored.containsKey(found.id())) {
          all.add(found);
        }
      }
    }
    return withoutCollisions(all.stream().map(found -> judged(found, wishes, chosen)).toList());
  }

  /** An installed version. */
  static FoundPlugin inStore(PluginSettings settings, String id, String digest) {
    Path dir = settings.storeDir().resolve(digest);
    return look(id, Source.INSTALLED, dir, dir, digest);
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

  private static FoundPlugin look(Path origin, PluginSettings settings) {
    String name = origin.getFileName().toString();
    try {
      if (name.endsWith(".zip") && !Files.isDirectory(origin)) {
        Path dir = ZipStore.unpacked(origin, settings.unpackedDir());
        return look(name, Source.FOUND, origin, dir, dir.getFileName().toString());
      }
      return look(name, Source.FOUND, origin, origin, Digests.ofPlugin(origin));
    } catch (IOException e) {
      return unreadable(name, origin, "cannot be unpacked: " + IoReasons.of(e));
    }
  }

  private static FoundPlugin unreadable(String name, Path origin, String reason) {
    return new FoundPlugin(
        name, Source.FOUND, origin, origin, "", Optional.empty(), PluginState.FAILED, reason);
  }

  /** Reads the manifest of an unpacked plugin. */
  static FoundPlugin look(String name, Source source, Path origin, Path dir, String digest) {
    FoundPlugin found =
        new FoundPlugin(
            name, source, origin, dir, digest, Optional.empty(), PluginState.ACTIVE, "");
    try {
      PluginManifest manifest = PluginManifest.read(dir);
      if (source != Source.FOUND && !manifest.id().equals(name)) {
        throw new IllegalArgumentException("id is " + manifest.id() + ", not " + name);
      }
      return new FoundPlugin(
          manifest.id(),
          source,
          origin,
          dir,
          digest,
          Optional.of(manifest),
          PluginState.ACTIVE,
          "");
    } catch (IllegalArgumentException e) {
      return found.refused(PluginState.FAILED, Manifest.FILE + ": " + e.getMessage());
    }
  }

  private static FoundPlugin judged(
      FoundPlugin found, PluginSettings.Wishes wishes, Chosen chosen) {
    if (wishes.disabled().contains(found.id())) {
      return found.refused(PluginState.DISABLED, "listed in plugins.disabled of the configuration");
    }
    if (chosen.isSwitchedOff(found.id())) {
      return found.refused(
          PluginState.DISABLED, "switched off with banger plugin disable " + found.id());
    }
    if (found.state() == PluginState.ACTIVE) {
      ApiRange api = found.manifest().orElseThrow().api();
      if (!api.admits(ApiVersion.MAJOR, ApiVersion.MINOR)) {
        return found.refused(
            PluginState.BLOCKED,
            "needs plugin-api %s, this is %s".formatted(api, ApiVersion.current()));
      }
    }
    return found;
  }

  /** Who comes first keeps an id, a command or a role; who comes later is told who has it. */
  private static List<FoundPlugin> withoutCollisions(List<FoundPlugin> all) {
    Map<String, String> taken = new HashMap<>();
    List<FoundPlugin> result = new ArrayList<>();
    for (FoundPlugin found : all) {
      result.add(
          found.state() == PluginState.ACTIVE
              ? collision(found, taken)
                  .map(reason -> found.refused(PluginState.BLOCKED, reason))
                  .orElse(found)
              : found);
    }
    return List.copyOf(result);
  }

  private static Optional<String> collision(FoundPlugin found, Map<String, String> taken) {
    PluginManifest manifest = found.manifest().orElseThrow();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("id:" + manifest.id(), found.origin().toString());
    wanted.putAll(claims(manifest));
    for (String claim : wanted.keySet()) {
      String owner = taken.get(claim);
      if (owner != null) {
        return Optional.of(sentence(claim, owner, manifest.id()));
      }
    }
    taken.putAll(wanted);
    return Optional.empty();
  }

  /** What of the second plugin the first one has already; one sentence. */
  static Optional<String> collision(PluginManifest one, PluginManifest other) {
    Map<String, String> taken = claims(one);
    return claims(other).keySet().stream()
        .filter(taken::containsKey)
        .findFirst()
        .map(claim -> sentence(claim, one.id(), other.id()));
  }

  /** What a plugin alone may have, and the plugin's id. */
  private static Map<String, String> claims(PluginManifest manifest) {
    Map<String, String> claims = new LinkedHashMap<>();
    manifest.commandPaths().forEach(path -> claims.put("command:" + path, manifest.id()));
    manifest.roles().forEach(role -> claims.put("role:" + role, manifest.id()));
    return claims;
  }

  private static String sentence(String claim, String owner, String id) {
    String what = claim.substring(claim.indexOf(':') + 1);
    return switch (claim.substring(0, claim.indexOf(':'))) {
      case "id" -> "%s holds the id %s already".formatted(owner, what);
      case "role" -> "%s and %s both want the role %s".formatted(owner, id, what);
      default -> "%s and %s both add the command \"%s\"".formatted(owner, id, what);
    };
  }
}
