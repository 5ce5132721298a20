package dev.banger.core.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/**
 * The file behind a persistent snapshot: a header, then tables of what was changed and the changed
 * chunks. The kernel writes it; format: {@code drivers/md/dm-snap-persistent.c} of Linux.
 */
final class ChangesFile {
  /** In sectors; a page, which is what guests write at least. */
  static final int CHUNK = 8;

  private static final long CHUNK_BYTES = CHUNK * 512L;

  /** A table is a chunk of entries of two 64-bit numbers each. */
  private static final long ENTRIES_PER_TABLE = CHUNK_BYTES / 16;

  private static final int MAGIC = 0x70416e53;
  private static final int VERSION = 1;

  private ChangesFile() {}

  /** What its header says. */
  enum State {
    /** Nothing was ever written. */
    UNUSED,
    SOUND,
    /** The kernel could not store a change and gave the snapshot up. */
    LOST,
    /** Not the header of a snapshot that this kernel would take. */
    FOREIGN
  }

  /** How large it must be so that every chunk of a disk can change: only the host can run full. */
  static long bytesFor(long sectors) {
    long chunks = Math.ceilDiv(sectors, CHUNK);
    long tables = Math.ceilDiv(chunks, ENTRIES_PER_TABLE) + 1;
    return (1 + tables + chunks + 1) * CHUNK_BYTES;
  }

  /** A sparse file, for which nothing is allocated. */
  static void create(Path file, long sectors, FileAttribute<?>... attributes) throws IOException {
    Files.createFile(file, attributes);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(bytesFor(sectors));
    }
  }

  static State state(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (header.hasRemaining() && in.read(header) >= 0) {
        // Short reads are rare, but allowed.
      }
    }
    if (header.hasRemaining()) {
      return State.FOREIGN;
    }
    int magic = header.getInt(0);
    if (magic == 0) {
      return State.UNUSED;
    }
    if (magic != MAGIC || header.getInt(8) != VERSION || header.getInt(12) != CHUNK) {
      return State.FOREIGN;
    }
    return header.getInt(4) == 1 ? State.SOUND : State.LOST;
  }
}
