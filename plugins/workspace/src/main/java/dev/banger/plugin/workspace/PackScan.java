package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Goes through a pack of git's before git does, and holds to account what it would become: a few
 * kilobytes of zlib or of delta can stand for any number of gigabytes.
 *
 * <p>The format is that of gitformat-pack, version 2.
 */
final class PackScan {
  private static final int SIGNATURE = 0x5041434b;
  private static final int OFFSET_DELTA = 6;
  private static final int REFERENCE_DELTA = 7;

  /** Git makes what a delta stands for in memory, and makes no deltas of larger files. */
  private static final long LARGEST_DELTA_RESULT = 512L << 20;

  private final Limits limits;
  private final int idLength;
  private final byte[] input = new byte[32 * 1024];
  private final byte[] output = new byte[64 * 1024];
  private final InputStream in;
  private int position;
  private int filled;
  private long total;

  private PackScan(InputStream in, Limits limits, int idLength) {
    this.in = in;
    this.limits = limits;
    this.idLength = idLength;
  }

  /**
   * @param pack from its signature on
   * @param idLength 20 or 32
   * @throws CapabilityException when it would be more than the limits allow, or is no pack
   */
  static void check(InputStream pack, Limits limits, int idLength) throws IOException {
    try {
      new PackScan(new BufferedInputStream(pack), limits, idLength).run();
    } catch (EOFException | DataFormatException e) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "the guest's git sent a damaged pack",
          "if the VM was busy, try again",
          e);
    }
  }

  private void run() throws IOException, DataFormatException {
    if (word() != SIGNATURE || word() != 2) {
      throw new DataFormatException("no pack");
    }
    long count = word() & 0xffffffffL;
    if (count > limits.entries()) {
      throw limits.tooMany("the guest's git sends %d objects".formatted(count));
    }
    Inflater inflater = new Inflater();
    try {
      for (long i = 0; i < count; i++) {
        object(inflater);
      }
    } finally {
      inflater.end();
    }
  }

  private void object(Inflater inflater) throws IOException, DataFormatException {
    int first = next();
    int type = (first >> 4) & 7;
    long size = first & 15;
    int shift = 4;
    for (int more = first; (more & 0x80) != 0; shift += 7) {
      more = next();
      if (shift > 53) {
        throw limits.tooMuch("a file in the VM");
      }
      size |= (long) (more & 0x7f) << shift;
    }
    boolean isDelta = type == OFFSET_DELTA || type == REFERENCE_DELTA;
    if (type == OFFSET_DELTA) {
      int more = next();
      while ((more & 0x80) != 0) {
        more = next();
      }
    } else if (type == REFERENCE_DELTA) {
      for (int i = 0; i < idLength; i++) {
        next();
      }
    }
    add(size);
    inflate(inflater, size, isDelta);
  }

  private void add(long size) {
    total += size;
    if (size < 0 || size > limits.bytes() || total > limits.bytes()) {
      throw limits.tooMuch("the guest's git sends files");
    }
  }

  private void inflate(Inflater inflater, long size, boolean isDelta)
      throws IOException, DataFormatException {
    inflater.reset();
    long seen = 0;
    while (!inflater.finished()) {
      if (inflater.needsInput()) {
        fill();
        inflater.setInput(input, position, filled - position);
      }
      int got = inflater.inflate(output);
      if (got > 0 && seen == 0 && isDelta) {
        add(resultSize(got));
      }
      seen += got;
      if (seen > size || (got == 0 && inflater.needsDictionary())) {
        throw new DataFormatException("longer than declared");
      }
      position = filled - inflater.getRemaining();
    }
    if (seen != size) {
      throw new DataFormatException("shorter than declared");
    }
  }

  /** A delta begins with the size of what it applies to, and that of what it gives. */
  private long resultSize(int length) throws DataFormatException {
    int at = 0;
    while (at < length && (output[at] & 0x80) != 0) {
      at++;
    }
    long size = 0;
    int shift = 0;
    for (at++; at < length; at++, shift += 7) {
      if (shift > 49) {
        throw limits.tooMuch("a file in the VM");
      }
      size |= (long) (output[at] & 0x7f) << shift;
      if ((output[at] & 0x80) == 0) {
        if (size > LARGEST_DELTA_RESULT) {
          throw limits.tooMuch("a file in the VM");
        }
        return size;
      }
    }
    throw new DataFormatException("a delta without sizes");
  }

  private int word() throws IOException {
    return next() << 24 | next() << 16 | next() << 8 | next();
  }

  private int next() throws IOException {
    fill();
    return input[position++] & 0xff;
  }

  private void fill() throws IOException {
    if (position == filled) {
      position = 0;
      filled = Math.max(0, in.read(input));
      if (filled == 0) {
        throw new EOFException("the pack ends too early");
      }
    }
  }
}
