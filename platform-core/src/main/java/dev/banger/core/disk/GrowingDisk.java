package dev.banger.core.disk;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A work disk that becomes larger. The file is enlarged here; the file system on it was written by
 * a guest, and is grown by the guest.
 *
 * @param disk the work disk
 * @param mark there from before the file is enlarged until the guest has grown its file system
 */
record GrowingDisk(Path disk, Path mark) {
  private static final String WHAT = "work disk";
  private static final long MIB = 1L << 20;
  private static final int MOST_REMARK = 2048;

  static GrowingDisk of(VmPaths paths) {
    return new GrowingDisk(paths.workDisk(), paths.workDiskGrowth());
  }

  /** Holes take no room, but not every file system has files of every size: so one is tried. */
  void check(long mib) {
    Path trial = disk.resolveSibling("work.trial");
    try {
      Files.deleteIfExists(trial);
      NewFile.make(WHAT, trial, file -> enlarge(file, mib * MIB));
    } catch (IOException e) {
      throw failed(mib, e);
    } catch (BangerException e) {
      throw e.getCause() instanceof IOException cause ? failed(mib, cause) : e;
    } finally {
      remove(trial);
    }
  }

  void grow(long mib) {
    try {
      if (!Files.isRegularFile(disk, LinkOption.NOFOLLOW_LINKS) || Files.size(disk) >= mib * MIB) {
        return;
      }
      // First: a daemon that dies in between leaves a question to the guest that it answers at
      // once.
      if (!Files.exists(mark)) {
        Files.createFile(mark, NewFile.OWNER_ONLY);
      }
      enlarge(disk, mib * MIB);
    } catch (IOException e) {
      throw failed(mib, e);
    }
  }

  private static void enlarge(Path file, long bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      if (open.length() < bytes) {
        open.setLength(bytes);
      }
    }
  }

  Optional<String> toDo() {
    try (InputStream in = Files.newInputStream(mark, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(new String(in.readNBytes(MOST_REMARK), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void done() {
    remove(mark);
  }

  /** Kept for the daemon after this one, which is why it matters little when it cannot be. */
  void failed(String why) {
    try {
      Files.writeString(mark, why);
    } catch (IOException e) {
      System.getLogger(GrowingDisk.class.getName())
          .log(System.Logger.Level.WARNING, "{0} could not be written: {1}", mark, e);
    }
  }

  /** One that stays costs a question to the guest at its next start. */
  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.getLogger(GrowingDisk.class.getName())
          .log(System.Logger.Level.WARNING, "{0} could not be removed: {1}", file, e);
    }
  }

  private BangerException failed(long mib, IOException e) {
    return new BangerException(
        ErrorKind.HOST,
        "the work disk %s cannot be enlarged to %d MiB: %s".formatted(disk, mib, e.getMessage()),
        "the file system that it lies on may have no files so large; ask for less",
        List.of(),
        e);
  }
}
