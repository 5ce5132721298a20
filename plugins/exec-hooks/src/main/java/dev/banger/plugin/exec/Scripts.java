package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
  /** For what scripts share, such as the targets of links. */
  private static final String SHARED = "lib";

  private static final List<String> PHASES =
      Arrays.stream(Phase.values()).map(Phase::wireName).toList();

  /**
   * Lists them. A required script is among them whether it is there or not.
   *
   * @param dir the directory with one directory per phase; need not exist
   * @throws CapabilityException when it cannot be read
   */
  static Scripts of(Path dir, Phase phase, List<String> required) {
    Path home = dir.resolve(phase.wireName());
    TreeSet<String> names = new TreeSet<>();
    List<String> ignored = new ArrayList<>();
    for (String reference : required) {
      if (reference.startsWith(phase.wireName() + "/")) {
        names.add(reference.substring(reference.indexOf('/') + 1));
      }
    }
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
    return new Scripts(
        names.stream().map(name -> new Script(home.resolve(name))).toList(),
        ignored.stream().map(Words::clean).toList());
  }

  /**
   * What lies in {@code dir} where no phase looks, although it seems to be meant to be run; one
   * sentence each.
   */
  static List<String> astray(Path dir) {
    List<String> astray = new ArrayList<>();
    for (Path file : entries(dir)) {
      String name = file.getFileName().toString();
      if (ScriptName.isLeftover(name) || name.equals(SHARED)) {
        continue;
      }
      boolean phase = PHASES.contains(name);
      if (phase != Files.isDirectory(file) || (!phase && Files.isExecutable(file))) {
        astray.add(
            phase
                ? "%s is ignored: it is not a directory".formatted(file)
                : "%s is ignored: scripts are in %s".formatted(file, String.join(", ", PHASES)));
      }
    }
    return astray.stream().map(Words::clean).toList();
  }

  private static List<Path> entries(Path dir) {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new CapabilityException(
          FailureKind.HOST, "%s cannot be read".formatted(dir), "check: ls -ld " + dir, e);
    }
  }
}
