package dev.banger.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Directory trees as values: compared, put aside, taken away. */
final class Trees {
  private Trees() {}

  /** Mode and content of each file, mode of each directory, target of each link, by path. */
  static SortedMap<String, String> read(Path root) {
    SortedMap<String, String> entries = new TreeMap<>();
    for (Path path : walk(root)) {
      if (!path.equals(root)) {
        entries.put(root.relativize(path).toString(), describe(path));
      }
    }
    return entries;
  }

  private static String describe(Path path) {
    try {
      if (Files.isSymbolicLink(path)) {
        return "link to " + Files.readSymbolicLink(path);
      }
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return "directory " + mode;
      }
      return Files.isRegularFile(path)
          ? "%s %d bytes %s".formatted(mode, Files.size(path), hash(Files.readAllBytes(path)))
          : "special " + mode;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Parents first. Empty when there is no such directory. */
  private static List<Path> walk(Path root) {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes it away; succeeds when it is not there. */
  static void delete(Path root) {
    walk(root).stream().sorted(Comparator.reverseOrder()).forEach(Trees::deleteOne);
  }

  /** Takes away what is in it. */
  static void empty(Path root) {
    walk(root).stream()
        .filter(path -> !path.equals(root))
        .sorted(Comparator.reverseOrder())
        .forEach(Trees::deleteOne);
  }

  private static void deleteOne(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes {@code to} the same as {@code from}. */
  static void copy(Path from, Path to) {
    delete(to);
    try {
      for (Path path : walk(from)) {
        Files.copy(
            path,
            to.resolve(from.relativize(path).toString()),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path make(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
