package dev.banger.plugin.workspace;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file that differs.
 *
 * @param status {@code A}dded, {@code M}odified, {@code D}eleted, or another {@code T}ype
 * @param oldMode git's six octal digits; {@code 000000} when there was none
 * @param oldId of the blob; zeros when there was none
 * @param name bytes, see {@link Names}
 */
record Change(
    char status, String oldMode, String newMode, String oldId, String newId, String name) {
  static final String EXECUTABLE = "100755";
  static final String LINK = "120000";
  static final String SUBMODULE = "160000";

  /** From the line that {@code diff-tree --raw -z} prints before a name. */
  static Change of(String line, String name) {
    String[] parts = line.substring(1).split(" ", -1);
    if (!line.startsWith(":") || parts.length != 5 || parts[4].length() != 1) {
      throw new IllegalStateException("not a line of git diff-tree: " + Names.clean(line));
    }
    return new Change(parts[4].charAt(0), parts[0], parts[1], parts[2], parts[3], name);
  }

  boolean isDeletion() {
    return status == 'D';
  }

  boolean isSubmodule() {
    return oldMode.equals(SUBMODULE) || newMode.equals(SUBMODULE);
  }

  boolean isLink() {
    return newMode.equals(LINK);
  }

  Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("status", String.valueOf(status));
    row.put("path", Names.shown(name));
    row.put("mode", isDeletion() ? oldMode : newMode);
    return row;
  }
}
