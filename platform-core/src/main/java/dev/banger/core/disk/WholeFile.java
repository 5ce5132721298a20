package dev.banger.core.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A raw disk in a file of its own. */
final class WholeFile {
  private WholeFile() {}

  /** Makes it {@code bytes} long, with a hole at its end. Never shrinks it. */
  static void grow(Path file, long bytes) throws IOException {
    // A channel cannot lengthen a file without writing to it.
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      if (disk.length() > bytes) {
        throw new IOException(
            "the image's root file system has %d bytes, more than the disk's %d"
                .formatted(disk.length(), bytes));
      }
      disk.setLength(bytes);
    }
  }
}
