package dev.banger.core.host;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What only the kernel can say of a file or do with it: where it has holes, what it takes on the
 * disk, and sharing its blocks with another. Never changes the file it is opened on.
 */
public final class SparseFile implements Closeable {
  /** Of {@code linux/magic.h}, as far as people keep disks of VMs there. */
  private static final Map<Long, String> FILE_SYSTEMS =
      Map.of(
          0xEF53L, "ext4",
          0x58465342L, "XFS",
          0x9123683EL, "btrfs",
          0xCA451A4EL, "bcachefs",
          0xF2F52010L, "F2FS",
          0x2FC12FC1L, "ZFS",
          0x01021994L, "tmpfs",
          0x794C7630L, "overlayfs",
          0x6969L, "NFS");

  private final int fd;
  private boolean isClosed;

  private SparseFile(int fd) {
    this.fd = fd;
  }

  /** Empty where the C library cannot be called. */
  public static Optional<SparseFile> open(Path file) throws IOException {
    return isAvailable()
        ? Optional.of(new SparseFile(FileCalls.open(file, FileCalls.O_RDONLY)))
        : Optional.empty();
  }

  /** Whether the C library can be called: not without {@code --enable-native-access}. */
  public static boolean isAvailable() {
    return Loaded.YES;
  }

  /** Where the next data at or after {@code from} begin; empty when only a hole follows. */
  public OptionalLong data(long from) throws IOException {
    try {
      return OptionalLong.of(FileCalls.seek(fd, from, FileCalls.SEEK_DATA));
    } catch (FileCalls.Refused e) {
      if (e.errno() == FileCalls.ENXIO) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Where the data at {@code from} end: the next hole, or the end of the file. */
  public long hole(long from) throws IOException {
    return FileCalls.seek(fd, from, FileCalls.SEEK_HOLE);
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      FileCalls.close(fd);
    }
  }

  /**
   * Makes {@code to}, which is there and empty, a copy that shares all blocks of {@code from}.
   *
   * @throws IOException when the file system cannot, or the two lie on different ones
   */
  public static void share(Path from, Path to) throws IOException {
    if (!isAvailable()) {
      throw new IOException("the C library cannot be called");
    }
    int in = FileCalls.open(from, FileCalls.O_RDONLY);
    try {
      int out = FileCalls.open(to, FileCalls.O_WRONLY);
      try {
        FileCalls.clone(in, out);
      } finally {
        FileCalls.close(out);
      }
    } finally {
      FileCalls.close(in);
    }
  }

  /** What the file takes on the disk, shared blocks included; empty when that cannot be told. */
  public static OptionalLong allocatedBytes(Path file) {
    try {
      return isAvailable() ? OptionalLong.of(FileCalls.allocatedBytes(file)) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** For people: {@code ext4}, or {@code this file system}. */
  public static String fileSystem(Path path) {
    String unknown = "this file system";
    try {
      return isAvailable()
          ? FILE_SYSTEMS.getOrDefault(FileCalls.fileSystem(path), unknown)
          : unknown;
    } catch (IOException e) {
      return unknown;
    }
  }

  /** Tried once. */
  private static final class Loaded {
    static final boolean YES = works();

    private static boolean works() {
      try {
        return FileCalls.fileSystem(Path.of("/")) != 0;
      } catch (IOException | LinkageError | RuntimeException e) {
        return false;
      }
    }
  }
}
