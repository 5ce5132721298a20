package dev.banger.plugin.workspace;

import java.util.Locale;

/**
 * How much a workspace is.
 *
 * @param files regular files and symbolic links outside {@code .git}
 * @param bytes of what was sent, history included
 */
record Tally(long files, long bytes) {
  /** For example {@code 412 files, 3 MB}. */
  String words() {
    return "%d %s, %s".formatted(files, files == 1 ? "file" : "files", size(bytes));
  }

  static String size(long bytes) {
    if (bytes < 1_000_000) {
      return Math.max(1, bytes / 1000) + " kB";
    }
    return bytes < 1_000_000_000
        ? bytes / 1_000_000 + " MB"
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
