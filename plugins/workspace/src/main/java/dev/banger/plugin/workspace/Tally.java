package dev.banger.plugin.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * How much a workspace is.
 *
 * @param files regular files and symbolic links outside {@code .git}
 * @param bytes of the archive, history included
 */
record Tally(long files, long bytes) {
  private static final Path GIT = Path.of(".git");

  static Tally of(Path tree, Path archive) throws IOException {
    long[] count = new long[1];
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return dir.endsWith(GIT) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            count[0]++;
            return FileVisitResult.CONTINUE;
          }
        });
    return new Tally(count[0], Files.size(archive));
  }

  /** For example {@code 412 files, 3 MB}. */
  String words() {
    return "%d %s, %s".formatted(files, files == 1 ? "file" : "files", size());
  }

  private String size() {
    if (bytes < 1_000_000) {
      return Math.max(1, bytes / 1000) + " kB";
    }
    return bytes < 1_000_000_000
        ? bytes / 1_000_000 + " MB"
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
