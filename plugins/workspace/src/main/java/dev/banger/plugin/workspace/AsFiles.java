package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts what has changed into a directory, all of it or nothing. A file is touched only where it is
 * as the guest was given it.
 */
final class AsFiles {
  private static final int MOST_NAMED = 10;

  private final Quarantine quarantine;
  private final Path root;
  private final boolean isSource;
  private final HostFiles blobs;
  private final List<String> remarks = new ArrayList<>();

  /**
   * @param root absolute; a real directory
   * @param isSource whether all files of the base should be there
   */
  AsFiles(Quarantine quarantine, Path root, boolean isSource, String objectFormat) {
    this.quarantine = quarantine;
    this.root = root;
    this.isSource = isSource;
    this.blobs = new HostFiles(objectFormat);
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /**
   * Does it.
   *
   * @return how many files were written or deleted
   */
  int write(Difference difference) throws Exception {
    if (!difference.isComplete()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "%d files are too many to be put in place one by one".formatted(difference.files()),
          "--as branch");
    }
    List<Change> todo = new ArrayList<>();
    List<String> conflicts = new ArrayList<>();
    for (Change change : difference.changes()) {
      if (change.isSubmodule()) {
        remarks.add("left alone, for it is a submodule: " + Names.shown(change.name()));
      } else if (!isDone(change)) {
        todo.add(change);
        if (!isUntouched(change)) {
          conflicts.add(Names.shown(change.name()));
        }
      }
    }
    requireNone(conflicts);
    requireLinksInside(todo);
    if (!todo.isEmpty()) {
      try (Replacement replacement = Replacement.in(root)) {
        for (Change change : todo) {
          if (!change.isDeletion()) {
            replacement.stage(quarantine, change);
          }
        }
        replacement.carryOut(todo);
      }
    }
    return todo.size();
  }

  private void requireNone(List<String> conflicts) {
    if (conflicts.isEmpty()) {
      return;
    }
    List<String> named = conflicts.subList(0, Math.min(MOST_NAMED, conflicts.size()));
    int more = conflicts.size() - named.size();
    throw new CapabilityException(
        FailureKind.CONFLICT,
        "%s of %s changed in the VM and here, or cannot be reached: %s%s; nothing was written"
            .formatted(
                conflicts.size() == 1 ? "1 file" : conflicts.size() + " files",
                root,
                String.join(", ", named),
                more == 0 ? "" : " and " + more + " more"),
        "commit or stash there first, then again; or leave the files alone: --as branch");
  }

  private void requireLinksInside(List<Change> todo) throws InterruptedException {
    for (Change change : todo) {
      if (change.isLink() && Names.leadsOutside(change.name(), quarantine.blob(change.newId()))) {
        throw new CapabilityException(
            FailureKind.GUEST,
            "\"%s\" is a link that leads outside of %s; nothing was written"
                .formatted(Names.shown(change.name()), root),
            "--as branch keeps it as what it is");
      }
    }
  }

  /** Whether it is here already as in the guest. */
  private boolean isDone(Change change) throws IOException {
    Path file = BytePath.of(root, change.name());
    return isReachable(file)
        && (change.isDeletion()
            ? !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
            : blobs.isAt(file, change.newMode(), change.newId()));
  }

  private boolean isUntouched(Change change) throws IOException {
    Path file = BytePath.of(root, change.name());
    if (!isReachable(file)) {
      return false;
    }
    boolean isAbsent = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (change.status() == 'A') {
      // A directory whose files all go makes room; whether they do is seen when it is removed.
      return isAbsent || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }
    return isAbsent ? !isSource : blobs.isAt(file, change.oldMode(), change.oldId());
  }

  /** Through real directories only; where one is missing, nothing is there. */
  private boolean isReachable(Path file) {
    for (Path at = file.getParent(); !at.equals(root); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        return false;
      }
    }
    return true;
  }
}
