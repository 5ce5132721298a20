package dev.banger.plugin.workspace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The commits that the guest has made.
 *
 * @param rows the latest {@value #MOST_SHOWN}: {@code id}, {@code author}, {@code subject}
 * @param descend whether they go on from where the guest began
 */
record Commits(long count, List<Map<String, Object>> rows, boolean descend) {
  private static final int MOST_SHOWN = 200;
  private static final int LONGEST = 200;

  static Commits none() {
    return new Commits(0, List.of(), true);
  }

  static Commits since(Quarantine quarantine, String base, String head)
      throws IOException, InterruptedException {
    if (base.equals(head)) {
      return none();
    }
    String range = base + ".." + head;
    long count = Long.parseLong(quarantine.ask("rev-list", "--count", range));
    // Files may be in a commit and gone in the last: none of them may be a trap.
    Difference.each(
        quarantine,
        Difference::require,
        "log",
        "--format=",
        "-z",
        "--raw",
        "-m",
        "--root",
        "--no-renames",
        "--no-abbrev",
        "--no-show-signature",
        range);
    List<Map<String, Object>> rows = new ArrayList<>();
    quarantine.each(
        record -> {
          String[] parts = record.stripLeading().split("\u001f", 3);
          if (parts.length == 3) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", parts[0]);
            row.put("author", Names.shown(cut(parts[1])));
            row.put("subject", Names.shown(cut(parts[2])));
            rows.add(row);
          }
        },
        "log",
        "-z",
        "--no-show-signature",
        "--max-count=" + MOST_SHOWN,
        "--encoding=UTF-8",
        "--format=%H%x1f%an <%ae>%x1f%s",
        range);
    return new Commits(count, rows, quarantine.holds("merge-base", "--is-ancestor", base, head));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  String words() {
    return count + (count == 1 ? " commit" : " commits");
  }
}
