package dev.banger.plugin.workspace;

import dev.banger.api.PluginContext;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory for one transfer, gone when closed. A lock on a file in it tells a transfer under
 * way, of whatever version of the plugin, from one that was cut off: the latter are swept.
 */
final class Scratch implements AutoCloseable {
  private static final String NAME = "transfers";
  private static final String MARK = "under-way";
  private static final Duration TURN = Duration.ofSeconds(10);

  private final Path dir;
  private final FileChannel mark;

  private Scratch(Path dir, FileChannel mark) {
    this.dir = dir;
    this.mark = mark;
  }

  static Scratch make(PluginContext context) throws Exception {
    Path parent = Files.createDirectories(context.dataDir().resolve(NAME));
    // In turn with the sweep: it sees no directory whose lock is not taken yet.
    return context.host().withLock(NAME, TURN, () -> marked(parent));
  }

  private static Scratch marked(Path parent) throws IOException {
    Path dir =
        Files.createTempDirectory(
            parent,
            "t",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    FileChannel mark =
        FileChannel.open(
            dir.resolve(MARK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      mark.lock();
      return new Scratch(dir, mark);
    } catch (IOException e) {
      mark.close();
      throw e;
    }
  }

  /** Removes what is left of transfers that were cut off. */
  static List<String> sweep(PluginContext context) throws Exception {
    Path parent = context.dataDir().resolve(NAME);
    if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    return context.host().withLock(NAME, TURN, () -> sweep(parent));
  }

  private static List<String> sweep(Path parent) throws IOException {
    List<String> removed = new ArrayList<>();
    try (DirectoryStream<Path> dirs = Files.newDirectoryStream(parent)) {
      for (Path dir : dirs) {
        if (Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS) && !isUnderWay(dir)) {
          deleteTree(dir);
          removed.add("half-done transfer " + dir.getFileName());
        }
      }
    }
    return removed;
  }

  private static boolean isUnderWay(Path dir) throws IOException {
    try (FileChannel mark = FileChannel.open(dir.resolve(MARK), StandardOpenOption.WRITE)) {
      return mark.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  Path dir() {
    return dir;
  }

  @Override
  public void close() throws IOException {
    try (mark) {
      deleteTree(dir);
    }
  }

  /** Removes it with all inside; links are not followed. Succeeds when there is nothing. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
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
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
