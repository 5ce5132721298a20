package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.build.Manifest;
import dev.banger.core.config.PluginTables;
import dev.banger.core.plugins.FoundPlugin.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The plugins as they lie on disk, active or not, for those who read the configuration without a
 * daemon. Writes nothing, and opens none of them.
 */
public final class PluginsOnDisk implements PluginTables {
  private static final int MOST = 1024;

  private final List<Path> places;
  private final Path home;

  /**
   * @param roots see {@link PluginSettings}
   * @param storeDir holds installed versions
   * @param home what {@code ~/} stands for
   */
  public PluginsOnDisk(List<Path> roots, Path storeDir, Path home) {
    this.places = new ArrayList<>(roots);
    this.places.add(storeDir);
    this.home = home;
  }

  @Override
  public Set<String> takeEntries() {
    return ids(PluginManifest::takesEntries);
  }

  /** Of all plugins that there are. */
  public Set<String> ids() {
    return ids(_ -> true);
  }

  private Set<String> ids(Predicate<PluginManifest> wanted) {
    Set<String> ids = new HashSet<>();
    for (Path origin : origins()) {
      try {
        PluginManifest manifest =
            Files.isDirectory(origin) ? PluginManifest.read(origin) : zipped(origin);
        if (wanted.test(manifest)) {
          ids.add(manifest.id());
        }
      } catch (IOException | IllegalArgumentException e) {
        // No plugin; who looks for those that cannot be used, finds it.
      }
    }
    return ids;
  }

  /**
   * Of several versions it is enough that one takes the table: which of them is in use only the
   * daemon knows.
   */
  @Override
  public List<String> problems(String pluginId, Map<String, Object> table) {
    List<String> problems = List.of();
    for (Path origin : origins()) {
      FoundPlugin found = Catalog.look(pluginId, Source.FOUND, origin, origin, "");
      if (found.manifest().isPresent() && found.id().equals(pluginId)) {
        problems = problems(found, table);
        if (problems.isEmpty()) {
          return problems;
        }
      }
    }
    return problems;
  }

  private List<String> problems(FoundPlugin found, Map<String, Object> table) {
    try {
      return new PluginLoader(HostServices.forTrials(home), new LeakProbe())
          .configProblems(found, table);
    } catch (CapabilityException e) {
      // The plugin itself is broken, which its table is not to blame for.
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private List<Path> origins() {
    List<Path> origins = new ArrayList<>();
    for (Path place : places) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(place)) {
        for (Path entry : entries) {
          if (!entry.getFileName().toString().startsWith(".") && origins.size() < MOST) {
            origins.add(entry);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        // Nothing there.
      }
    }
    return origins;
  }

  private static PluginManifest zipped(Path zip) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      ZipEntry entry = file.getEntry(Manifest.FILE);
      if (entry == null) {
        throw new IOException("no manifest");
      }
      try (InputStream in = file.getInputStream(entry)) {
        return PluginManifest.parse(
            new String(in.readNBytes(PluginManifest.MAX_BYTES), StandardCharsets.UTF_8));
      }
    }
  }
}
