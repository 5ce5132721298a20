package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Removes a directory with all that is in it, also what belongs to this user's subordinate ids. */
final class TreeRemover {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Commands commands;

  TreeRemover(Commands commands) {
    this.commands = commands;
  }

  /**
   * Removes {@code dir}; follows no symbolic link. Goes on when the thread is interrupted, which it
   * still is afterwards: this is clean-up.
   *
   * @throws IOException when something of it is left
   */
  void remove(Path dir) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      try {
        removeAsSelf(dir);
      } catch (IOException first) {
        removeAsOwner(dir, first);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeAsOwner(Path dir, IOException first) throws IOException {
    if (HostUser.isRoot()) {
      throw first;
    }
    List<String> argv = new ArrayList<>(RootNamespace.UNSHARE_AS_USER);
    argv.addAll(List.of("rm", "-rf", "--one-file-system", "--", dir.toString()));
    try {
      commands.run(Commands.Call.of(LIMIT, argv));
    } catch (BangerException e) {
      first.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (Files.exists(dir, LinkOption.NOFOLLOW_LINKS)) {
      throw first;
    }
  }

  private static void removeAsSelf(Path dir) throws IOException {
    if (!Files.exists(dir, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        dir,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path done, IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(done);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
