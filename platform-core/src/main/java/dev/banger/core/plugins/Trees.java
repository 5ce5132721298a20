package dev.banger.core.plugins;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories with everything in them. */
final class Trees {
  private Trees() {}

  /** Does not follow links. Succeeds when there is nothing. */
  static void delete(Path dir) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(dir)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  /** The same, where a leftover does no harm. */
  static void tryDelete(Path dir) {
    try {
      delete(dir);
    } catch (IOException | java.io.UncheckedIOException e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "cannot remove " + dir, e);
    }
  }

  /** Writes what the page cache has of the files to disk. */
  static void sync(Path dir) throws IOException {
    try (Stream<Path> walk = Files.walk(dir)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }
}
