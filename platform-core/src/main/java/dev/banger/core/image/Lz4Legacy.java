package dev.banger.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Unpacks the legacy frame of LZ4, in which Debian 12 packs its kernels: the magic 02214c18, then
 * blocks, each with its packed length before it and at most 8 MiB when unpacked, independent of
 * each other, to the end of the input. The block format is that of lz4_Block_format.md.
 */
final class Lz4Legacy {
  private static final int BLOCK = 8 << 20;

  /** What a block that does not shrink may take: LZ4_COMPRESSBOUND. */
  private static final int MAX_PACKED = BLOCK + BLOCK / 255 + 16;

  private static final int MAGIC = 0x184c2102;
  private static final int MIN_MATCH = 4;
  private static final int NIBBLE = 15;

  private final byte[] block = new byte[BLOCK];
  private byte[] packed = new byte[0];
  private int limit;
  private int from;
  private int to;

  private Lz4Legacy() {}

  /**
   * @throws IOException when it is damaged, or {@code out} takes no more
   */
  static void unpack(InputStream in, OutputStream out) throws IOException {
    if (number(in) != MAGIC) {
      throw new IOException("it does not begin like LZ4");
    }
    Lz4Legacy decoder = new Lz4Legacy();
    for (long length = number(in); length >= 0; length = number(in)) {
      if (length > MAX_PACKED) {
        throw new IOException("a block of LZ4 claims to have %d bytes".formatted(length));
      }
      decoder.block(in, (int) length, out);
    }
  }

  private void block(InputStream in, int length, OutputStream out) throws IOException {
    packed = in.readNBytes(length);
    if (packed.length < length) {
      throw new EOFException("it ends within a block of LZ4");
    }
    limit = length;
    from = 0;
    to = 0;
    while (from < limit) {
      int token = next();
      int literals = length(token >> 4);
      if (literals > limit - from || literals > BLOCK - to) {
        throw damaged();
      }
      System.arraycopy(packed, from, block, to, literals);
      from += literals;
      to += literals;
      if (from < limit) {
        match(token & NIBBLE);
      }
    }
    out.write(block, 0, to);
  }

  private void match(int nibble) throws IOException {
    int distance = next() | (next() << 8);
    int length = length(nibble) + MIN_MATCH;
    if (distance == 0 || distance > to || length > BLOCK - to) {
      throw damaged();
    }
    // It may reach into what it writes itself: then the bytes repeat.
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, distance + done);
      System.arraycopy(block, to - distance, block, to + done, count);
      done += count;
    }
    to += length;
  }

  /** A nibble of 15 goes on in bytes, until one is not 255. */
  private int length(int nibble) throws IOException {
    int length = nibble;
    if (nibble == NIBBLE) {
      int more = next();
      length += more;
      while (more == 0xff) {
        more = next();
        length += more;
        if (length > BLOCK) {
          throw damaged();
        }
      }
    }
    return length;
  }

  private int next() throws IOException {
    if (from >= limit) {
      throw damaged();
    }
    return packed[from++] & 0xff;
  }

  private static IOException damaged() {
    return new IOException("a block of LZ4 is damaged");
  }

  /** Four bytes, the lowest first; -1 at the end of the input. */
  private static long number(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(Integer.BYTES);
    if (bytes.length == 0) {
      return -1;
    }
    if (bytes.length < Integer.BYTES) {
      throw new EOFException("it ends within the length of a block of LZ4");
    }
    long value = 0;
    for (int i = Integer.BYTES - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }
}
