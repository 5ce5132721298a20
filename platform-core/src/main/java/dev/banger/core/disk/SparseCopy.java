package dev.banger.core.disk;

import dev.banger.core.host.SparseFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Copies a file without its holes. Stops between two pieces when its time is over; an interrupt
 * closes its channels at once.
 */
final class SparseCopy {
  /** Of what is copied between two looks at the clock. */
  private static final long PIECE = 16L << 20;

  /** Of what is read where holes cannot be asked for, and left out when it is all zeros. */
  private static final int BLOCK = 64 * 1024;

  private final FileChannel in;
  private final FileChannel out;
  private final Clock clock;
  private long copied;

  private SparseCopy(FileChannel in, FileChannel out, Clock clock) {
    this.in = in;
    this.out = out;
    this.clock = clock;
  }

  /** Asked before each piece, with the bytes copied so far; throws what ends the copy. */
  interface Clock {
    void tick(long copied) throws IOException;
  }

  /**
   * @param to is there and empty; its end may be missing afterwards where {@code from} ends with a
   *     hole
   * @return the bytes that were written
   */
  static long copy(Path from, Path to, Clock clock) throws IOException {
    Optional<SparseFile> map = SparseFile.open(from);
    if (map.isEmpty()) {
      return copyWithoutMap(from, to, clock);
    }
    try (SparseFile holes = map.get();
        FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      SparseCopy copy = new SparseCopy(in, out, clock);
      copy.extents(holes);
      return copy.copied;
    }
  }

  /** The same for hosts where the C library cannot be called: reads all, leaves zeros out. */
  static long copyWithoutMap(Path from, Path to, Clock clock) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      SparseCopy copy = new SparseCopy(in, out, clock);
      copy.blocks();
      return copy.copied;
    }
  }

  private void extents(SparseFile holes) throws IOException {
    clock.tick(copied);
    long size = in.size();
    for (long at = 0; at < size; ) {
      OptionalLong data = holes.data(at);
      if (data.isEmpty() || data.getAsLong() >= size) {
        return;
      }
      long end = Math.min(size, holes.hole(data.getAsLong()));
      range(data.getAsLong(), end);
      at = end;
    }
  }

  private void range(long from, long to) throws IOException {
    out.position(from);
    for (long at = from; at < to; ) {
      clock.tick(copied);
      long moved = in.transferTo(at, Math.min(PIECE, to - at), out);
      if (moved <= 0) {
        throw new IOException("it ends at %d bytes, where it had more before".formatted(at));
      }
      at += moved;
      copied += moved;
    }
  }

  private void blocks() throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
    long size = in.size();
    for (long at = 0; at < size; ) {
      if (at % PIECE == 0) {
        clock.tick(copied);
      }
      block.clear();
      while (block.hasRemaining() && in.read(block, at + block.position()) > 0) {}
      block.flip();
      int length = block.limit();
      if (length == 0) {
        throw new IOException("it ends at %d bytes, where it had more before".formatted(at));
      }
      if (!block.equals(zeros.slice(0, length))) {
        for (long position = at; block.hasRemaining(); ) {
          position += out.write(block, position);
        }
        copied += length;
      }
      at += length;
    }
  }
}
