package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where VMs live on disk: {@code <data>/vms/<id>} and {@code <run>/<id>}. */
public final class VmDirectories {
  private final Path vmsDir;
  private final Path runDir;

  public VmDirectories(Path dataDir, Path runDir) {
    this.vmsDir = dataDir.resolve("vms");
    this.runDir = runDir;
  }

  public VmPaths paths(VmId id) {
    return new VmPaths(id, vmsDir.resolve(id.value()), runDir.resolve(id.value()));
  }

  /** Makes both directories, for their owner only. */
  public void create(VmPaths paths) {
    try {
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(paths.dir(), ownerOnly);
      Files.createDirectories(paths.runDir(), ownerOnly);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot make the directories of a VM, %s and %s: %s"
              .formatted(
                  paths.dir(),
                  paths.runDir(),
                  e instanceof FileSystemException told && told.getReason() != null
                      ? told.getReason()
                      : e.toString()),
          "check: df -h %1$s %2$s; ls -ld %1$s %2$s".formatted(vmsDir, runDir),
          List.of(),
          e);
    }
  }

  /** Names of what is in the directory of directories for sockets and pid files. */
  Set<String> running() {
    String[] names = runDir.toFile().list();
    return names == null ? Set.of() : Set.of(names);
  }

  /** Whether there is anything in the one of this VM. */
  boolean inUse(VmPaths paths) {
    String[] names = paths.runDir().toFile().list();
    return names != null && names.length > 0;
  }

  /** Removes both directories and all in them. Succeeds when they are not there. */
  public void delete(VmPaths paths) throws IOException {
    deleteTree(paths.runDir());
    deleteTree(paths.dir());
  }

  /** Ids of all directories that look like a VM's. */
  public List<VmId> present() {
    TreeSet<VmId> ids = new TreeSet<>();
    for (Path parent : List.of(vmsDir, runDir)) {
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (Stream<Path> children = Files.list(parent)) {
        children
            .map(child -> child.getFileName().toString())
            .filter(VmId::isValid)
            .map(VmId::new)
            .forEach(ids::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(ids);
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attrs)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
