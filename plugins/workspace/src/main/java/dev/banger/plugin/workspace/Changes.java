package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a working tree differs from HEAD.
 *
 * @param outdated names of HEAD that are no longer so in the working tree
 * @param present names that are to be taken from the working tree; never an ignored file
 * @param nested untracked repositories inside, which are not taken along
 */
record Changes(Set<String> outdated, Set<String> present, Set<String> nested) {
  static Changes none() {
    return new Changes(Set.of(), Set.of(), Set.of());
  }

  static Changes of(Git git, Source source) throws IOException, InterruptedException {
    Set<String> indexed = new LinkedHashSet<>();
    Set<String> submodules = new LinkedHashSet<>();
    for (String line : git.list(source.root(), "ls-files", "-z", "--stage")) {
      String name = line.substring(line.indexOf('\t') + 1);
      (line.startsWith("160000 ") ? submodules : indexed).add(name);
    }
    Set<String> deleted = git.list(source.root(), "ls-files", "-z", "--deleted");
    Set<String> changed = git.list(source.root(), "ls-files", "-z", "--modified");
    changed.addAll(deleted);
    changed.addAll(staged(git, source));
    changed.removeAll(submodules);

    Set<String> present = new TreeSet<>(changed);
    present.retainAll(indexed);
    present.removeAll(deleted);
    Set<String> nested = new TreeSet<>();
    Set<String> fresh = new TreeSet<>();
    for (String name :
        git.list(source.root(), "ls-files", "-z", "--others", "--exclude-standard")) {
      (name.endsWith("/") ? nested : fresh).add(name);
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
    return new Changes(changed, present, nested);
  }

  private static Set<String> staged(Git git, Source source)
      throws IOException, InterruptedException {
    return git.list(
        source.root(),
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

  /** A name for people. */
  static String shown(String name) {
    return new String(name.getBytes(ISO_8859_1), UTF_8);
  }
}
