package dev.banger.plugin.filesync;

import dev.banger.api.Summary;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code [[file_sync]]} and {@code [plugins.file-sync]}.
 *
 * @param maxFiles files, links and directories of all entries together, 1 to 100,000. The default
 *     is far above what credentials and scripts are, and far below a home directory
 * @param maxFileMib of one file, in MiB, 1 to 4096
 * @param maxTotalMib of all files together, in MiB, 1 to 65,536; has to fit on the work disk
 */
record FileSyncSettings(
    @Summary("what is copied; written [[file_sync]], with host, guest and mode")
        List<Entry> entries,
    @Summary("files, links and directories in all, at most") int maxFiles,
    @Summary("MiB of one file, at most") int maxFileMib,
    @Summary("MiB of all files together, at most") int maxTotalMib) {
  static final FileSyncSettings DEFAULTS = new FileSyncSettings(List.of(), 10_000, 64, 256);

  FileSyncSettings {
    entries = List.copyOf(entries);
    within("max_files", maxFiles, 100_000);
    within("max_file_mib", maxFileMib, 4096);
    within("max_total_mib", maxTotalMib, 65_536);
    EntryRules rules = new EntryRules(home());
    rules.sources(entries);
    if (!rules.problems().isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", rules.problems()));
    }
  }

  private static void within(String key, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s must be 1 to %d, got %d".formatted(key, most, value));
    }
  }

  /** What the entries mean. */
  List<Source> sources() {
    return new EntryRules(home()).sources(entries);
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home"));
  }
}
