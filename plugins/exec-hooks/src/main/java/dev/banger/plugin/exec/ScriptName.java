package dev.banger.plugin.exec;

import java.util.List;
import java.util.regex.Pattern;

/** What scripts are called. */
final class ScriptName {
  static final String PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,79}";

  private static final Pattern SHAPE = Pattern.compile(PATTERN);

  /** What editors, package managers and merges leave beside a file. */
  private static final List<String> LEFTOVERS =
      List.of("~", ".bak", ".orig", ".rej", ".swp", ".tmp", ".old");

  private ScriptName() {}

  /** Hidden files and backups, which nobody means to be run. */
  static boolean isLeftover(String name) {
    return name.startsWith(".")
        || name.startsWith("#")
        || name.contains(".dpkg-")
        || LEFTOVERS.stream().anyMatch(name::endsWith);
  }

  static boolean isValid(String name) {
    return SHAPE.matcher(name).matches();
  }
}
