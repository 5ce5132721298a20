package dev.banger.plugin.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a working tree differs from HEAD.
 *
 * @param outdated names of HEAD that are no longer so in the working tree
 * @param present names that are to be taken from the working tree; never an ignored file
 * @param remarks what somebody might miss in the guest
 */
record Changes(Set<String> outdated, Set<String> present, List<String> remarks) {
  static Changes none() {
    return new Changes(Set.of(), Set.of(), List.of());
  }

  boolean isNone() {
    return outdated.isEmpty() && present.isEmpty();
  }

  static Changes of(Window window) throws IOException, InterruptedException {
    Path root = window.source().root();
    Set<String> indexed = new LinkedHashSet<>();
    Set<String> submodules = new LinkedHashSet<>();
    Set<String> conflicts = new TreeSet<>();
    for (String line : window.list("ls-files", "-z", "--stage")) {
      String name = line.substring(line.indexOf('\t') + 1);
      (line.startsWith("160000 ") ? submodules : indexed).add(name);
      if (line.charAt(line.indexOf('\t') - 1) != '0') {
        conflicts.add(name);
      }
    }
    Set<String> deleted = window.list("ls-files", "-z", "--deleted");
    Set<String> changed = window.list("ls-files", "-z", "--modified");
    changed.addAll(deleted);
    changed.addAll(staged(window));
    changed.removeAll(submodules);

    Set<String> present = new TreeSet<>(changed);
    present.retainAll(indexed);
    present.removeAll(deleted);
    List<String> remarks = new ArrayList<>();
    Set<String> fresh = new TreeSet<>();
    for (String name : window.list("ls-files", "-z", "--others", "--exclude-standard")) {
      if (name.endsWith("/")) {
        remarks.add("left out the repository inside: " + Names.shown(name));
      } else {
        fresh.add(name);
      }
    }
    // Where a directory of HEAD became a file or a link, what was inside is gone, although through
    // a link something may still answer to the name.
    for (String name : indexed) {
      if (isBelow(name, fresh)) {
        changed.add(name);
        present.remove(name);
      }
    }
    present.addAll(fresh);
    present.removeIf(name -> !canBeTaken(root, name, remarks));
    if (!conflicts.isEmpty()) {
      remarks.add(
          "%d with conflicts: taken as they are, markers and all".formatted(conflicts.size()));
    }
    return new Changes(changed, present, remarks);
  }

  /** What the index calls a file may be anything by now, or be reached through a link. */
  private static boolean canBeTaken(Path root, String name, List<String> remarks) {
    if (!isReached(root, name)) {
      return false;
    }
    Path file = BytePath.of(root, name);
    if (Files.isSymbolicLink(file)) {
      return true;
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      remarks.add("left out, for it is no file, folder or link: " + Names.shown(name));
      return false;
    }
    if (!Files.isReadable(file)) {
      remarks.add("left out, for it cannot be read: " + Names.shown(name));
      return false;
    }
    return true;
  }

  /** Whether all on the way to it are real directories. */
  static boolean isReached(Path root, String name) {
    for (int cut = name.indexOf('/'); cut >= 0; cut = name.indexOf('/', cut + 1)) {
      Path parent = BytePath.of(root, name.substring(0, cut));
      if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> staged(Window window) throws IOException, InterruptedException {
    return window.list(
        "diff-index",
        "--cached",
        "--name-only",
        "--no-renames",
        "--ignore-submodules=all",
        "-z",
        "HEAD");
  }

  private static boolean isBelow(String name, Set<String> files) {
    for (int cut = name.indexOf('/'); cut >= 0; cut = name.indexOf('/', cut + 1)) {
      if (files.contains(name.substring(0, cut))) {
        return true;
      }
    }
    return false;
  }
}
