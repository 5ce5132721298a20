package dev.banger.core.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/** The directory of installed versions, each under the digest of its zip. */
final class PluginStores {
  private PluginStores() {}

  /** Removes what is not used: other versions, and what an interrupted installation left. */
  static void keepOnly(Path store, Set<String> digests) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(store)) {
      for (Path entry : entries) {
        if (!digests.contains(entry.getFileName().toString())) {
          Trees.tryDelete(entry);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever installed.
    } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "cannot tidy up " + store, e);
    }
  }
}
