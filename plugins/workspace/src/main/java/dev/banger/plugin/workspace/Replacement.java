package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files replaced in one go: made ready in a directory beside, then moved into place. What they
 * replace is kept until all are there, and moved back when one of them cannot be.
 */
final class Replacement implements AutoCloseable {
  private interface Undo {
    void run() throws IOException;
  }

  private final Path root;
  private final Path stage;
  private final Map<String, Path> ready = new HashMap<>();
  private final Deque<Undo> undos = new ArrayDeque<>();
  private int count;
  private boolean isStuck;

  private Replacement(Path root, Path stage) {
    this.root = root;
    this.stage = stage;
  }

  static Replacement in(Path root) throws IOException {
    return new Replacement(
        root,
        Files.createTempDirectory(
            root,
            ".banger-export-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  /** Makes the new file ready. */
  void stage(Quarantine quarantine, Change change) throws IOException, InterruptedException {
    Path file = stage.resolve("new-" + count++);
    if (change.isLink()) {
      Files.createSymbolicLink(file, BytePath.relative(quarantine.blob(change.newId())));
    } else {
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
        quarantine.print(
            new ByteArrayInputStream(new byte[0]), out, "cat-file", "blob", change.newId());
      }
      if (change.newMode().equals(Change.EXECUTABLE)) {
        executable(file);
      }
    }
    ready.put(change.name(), file);
  }

  /** For whoever may read it, as git does. */
  private static void executable(Path file) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    mode.add(PosixFilePermission.OWNER_EXECUTE);
    if (mode.contains(PosixFilePermission.GROUP_READ)) {
      mode.add(PosixFilePermission.GROUP_EXECUTE);
    }
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      mode.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    Files.setPosixFilePermissions(file, mode);
  }

  void carryOut(List<Change> changes) throws Exception {
    try {
      // What goes makes room for what comes: a file may become a directory.
      for (Change change : changes) {
        if (change.isDeletion()) {
          Path file = BytePath.of(root, change.name());
          putAside(file);
          pruneParents(file.getParent());
        }
      }
      for (Change change : changes) {
        if (!change.isDeletion()) {
          place(change);
        }
      }
    } catch (IOException | RuntimeException e) {
      rollBack(e);
      throw new CapabilityException(
          FailureKind.HOST,
          "%s could not be changed: %s; %s"
              .formatted(
                  root,
                  Names.clean(e.getClass().getSimpleName() + " " + e.getMessage()),
                  isStuck ? "what was replaced is in " + stage : "it is as it was"),
          "--as branch leaves the files alone",
          e);
    }
    undos.clear();
  }

  private void place(Change change) throws IOException {
    Path file = BytePath.of(root, change.name());
    makeParents(file.getParent());
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(file);
      undos.push(() -> Files.createDirectory(file));
    } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      putAside(file);
    }
    Files.move(ready.get(change.name()), file);
    undos.push(() -> Files.delete(file));
  }

  private void putAside(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = stage.resolve("old-" + count++);
      Files.move(file, aside);
      undos.push(() -> Files.move(aside, file));
    }
  }

  private void makeParents(Path directory) throws IOException {
    if (directory.equals(root) || Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    makeParents(directory.getParent());
    Files.createDirectory(directory);
    undos.push(() -> Files.delete(directory));
  }

  /** As git does with directories that nothing is left in. */
  private void pruneParents(Path directory) throws IOException {
    for (Path at = directory;
        !at.equals(root) && Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS) && isEmpty(at);
        at = at.getParent()) {
      Path gone = at;
      Files.delete(gone);
      undos.push(() -> Files.createDirectory(gone));
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  private void rollBack(Exception failure) {
    while (!undos.isEmpty()) {
      try {
        undos.pop().run();
      } catch (IOException e) {
        isStuck = true;
        failure.addSuppressed(e);
      }
    }
  }

  /** Removes what is not in its place, unless it is all there is of the user's files. */
  @Override
  public void close() throws IOException {
    if (isStuck) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(stage)) {
      left.forEach(
          path -> {
            try {
              Files.delete(path);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    Files.deleteIfExists(stage);
  }
}
