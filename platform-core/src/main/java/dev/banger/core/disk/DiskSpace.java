package dev.banger.core.disk;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much room a directory's file system has. */
public final class DiskSpace {
  private static final long MIB = 1L << 20;

  private DiskSpace() {}

  /**
   * Free MiB that this user may fill, in the file system of {@code dir} or of its nearest parent
   * that exists.
   */
  public static long freeMiB(Path dir) {
    return freeBytes(dir) / MIB;
  }

  /** The same in bytes. */
  public static long freeBytes(Path dir) {
    Path at = dir.toAbsolutePath();
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    // Not of the FileStore, which looks for the mount point: inside a plain chroot there is none.
    return at.toFile().getUsableSpace();
  }

  /**
   * Refuses (kind HOST) when less than {@code neededMiB} is free.
   *
   * @param what for whom, for example {@code a Debian image}
   */
  public static void require(Path dir, long neededMiB, String what) {
    long free = freeMiB(dir);
    if (free < neededMiB) {
      throw new BangerException(
          ErrorKind.HOST,
          "%s needs %d MiB, %s has %d MiB free".formatted(what, neededMiB, dir, free),
          "free some space, or move banger's data elsewhere with BANGER_HOME");
    }
  }
}
