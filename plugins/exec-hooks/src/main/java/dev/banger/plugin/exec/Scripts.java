package dev.banger.plugin.exec;

import dev.banger.api.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The scripts of one phase.
 *
 * @param found to be run, in the order of their names (by character, as {@code LC_ALL=C ls})
 * @param ignored files that are no scripts, one sentence each; hidden files and backups not counted
 */
record Scripts(List<Script> found, List<String> ignored) {
  /**
   * Lists them. A required script is among them whether it is there or not.
   *
   * @param dir the directory with one directory per phase; need not exist
   */
  static Scripts of(Path dir, Phase phase, List<String> required) throws IOException {
    Path home = dir.resolve(phase.wireName());
    TreeSet<String> names = new TreeSet<>();
    List<String> ignored = new ArrayList<>();
    for (String reference : required) {
      if (reference.startsWith(phase.wireName() + "/")) {
        names.add(reference.substring(reference.indexOf('/') + 1));
      }
    }
    if (Files.isDirectory(home)) {
      for (Path file : entries(home)) {
        String name = file.getFileName().toString();
        if (ScriptName.isLeftover(name) || names.contains(name)) {
          continue;
        }
        if (!ScriptName.isValid(name)) {
          ignored.add("%s is ignored: a script's name is letters, digits, . _ -".formatted(file));
        } else if (Files.isRegularFile(file) && !Files.isExecutable(file)) {
          ignored.add("%s is ignored: it is not executable".formatted(file));
        } else {
          names.add(name);
        }
      }
    }
    return new Scripts(
        names.stream().map(name -> new Script(home.resolve(name))).toList(),
        ignored.stream().map(Words::clean).toList());
  }

  private static List<Path> entries(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files.sorted().toList();
    }
  }
}
