package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the guest has changed.
 *
 * @param changes the first {@value #MOST_KEPT}
 * @param files how many there are
 * @param sizes in bytes of what {@code changes} became, in that order; 0 for what is gone
 * @param insertions lines; of files that are text
 * @param binaries names among {@code changes} of files that are not text
 */
record Difference(
    List<Change> changes,
    long files,
    List<Long> sizes,
    long insertions,
    long deletions,
    Set<String> binaries) {
  static final int MOST_KEPT = 100_000;
  private static final Set<String> MODES =
      Set.of("000000", "100644", "100755", Change.LINK, Change.SUBMODULE, "100664");

  boolean isEmpty() {
    return files == 0;
  }

  boolean isComplete() {
    return files == changes.size();
  }

  static Difference between(Quarantine quarantine, String base, String tree)
      throws IOException, InterruptedException {
    List<Change> changes = new ArrayList<>();
    long[] files = new long[1];
    each(
        quarantine,
        change -> {
          require(change);
          if (files[0]++ < MOST_KEPT) {
            changes.add(change);
          }
        },
        "diff-tree",
        "-r",
        "-z",
        "--raw",
        "--no-renames",
        "--full-index",
        base,
        tree);
    long[] lines = new long[2];
    Set<String> binaries = new HashSet<>();
    quarantine.each(
        record -> numbers(record, lines, binaries),
        "diff-tree",
        "-r",
        "-z",
        "--numstat",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        base,
        tree);
    return new Difference(
        changes, files[0], sizes(quarantine, changes), lines[0], lines[1], binaries);
  }

  /** Goes through what a command prints with {@code --raw -z}. */
  static void each(Quarantine quarantine, Consumer<Change> taker, String... words)
      throws IOException, InterruptedException {
    String[] line = new String[1];
    quarantine.each(
        record -> {
          if (line[0] == null) {
            // Between the commits of git log there are line feeds.
            String start = record.stripLeading();
            line[0] = start.isEmpty() ? null : start;
          } else {
            taker.accept(Change.of(line[0], record));
            line[0] = null;
          }
        },
        words);
  }

  /** Refuses what is no honest name or kind of file. */
  static void require(Change change) {
    String problem =
        Names.problem(change.name())
            .orElseGet(
                () ->
                    MODES.contains(change.newMode())
                        ? ""
                        : "has the mode " + Names.clean(change.newMode()));
    if (!problem.isEmpty()) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "what the guest's git sent is refused: \"%s\" %s"
              .formatted(Names.shown(change.name()), problem),
          "nothing was exported");
    }
  }

  private static void numbers(String record, long[] lines, Set<String> binaries) {
    String[] parts = record.split("\t", 3);
    if (parts.length < 3) {
      return;
    }
    if (parts[0].equals("-")) {
      if (binaries.size() < MOST_KEPT) {
        binaries.add(parts[2]);
      }
    } else {
      lines[0] += Long.parseLong(parts[0]);
      lines[1] += Long.parseLong(parts[1]);
    }
  }

  private static List<Long> sizes(Quarantine quarantine, List<Change> changes)
      throws IOException, InterruptedException {
    StringBuilder ids = new StringBuilder();
    for (Change change : changes) {
      ids.append(hasBlob(change) ? change.newId() + "\n" : "");
    }
    List<Long> known = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    quarantine.print(
        new ByteArrayInputStream(ids.toString().getBytes(ISO_8859_1)),
        out,
        "cat-file",
        "--batch-check=%(objectsize)");
    List<String> answers = out.toString(ISO_8859_1).lines().toList();
    int at = 0;
    for (Change change : changes) {
      known.add(hasBlob(change) ? Long.parseLong(answers.get(at++)) : 0);
    }
    return known;
  }

  static boolean hasBlob(Change change) {
    return !change.isDeletion() && !change.newMode().equals(Change.SUBMODULE);
  }

  /** For example {@code 3 files}. */
  String words() {
    return files + (files == 1 ? " file" : " files");
  }
}
