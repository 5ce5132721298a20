package dev.banger.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One frame from a job: {@code kind (1) | length (4) | position (8) | rest}, numbers big endian.
 *
 * @param kind {@link #STDOUT} or {@link #STDERR}, whose rest is output; {@link #STDOUT_DROPPED} or
 *     {@link #STDERR_DROPPED}, whose rest is the position (8) up to which output is gone; {@link
 *     #ENDED}, whose rest is a JOB_REPORT and whose position is 0: the last frame
 * @param position of the first byte
 * @param rest belongs to whoever holds the frame
 */
public record JobFrame(int kind, long position, byte[] rest) {
  public static final int STDOUT = 16;
  public static final int STDERR = 17;
  public static final int STDOUT_DROPPED = 18;
  public static final int STDERR_DROPPED = 19;
  public static final int ENDED = 20;

  /** Longest rest of a frame, in bytes. */
  public static final int MAX_REST = 64 * 1024;

  private static final int LENGTH = 5;
  private static final int HEADER = LENGTH + Long.BYTES;

  /**
   * The next frame, or null when the stream ended between two frames. Blocks.
   *
   * @throws EOFException when the stream ended inside a frame
   * @throws ProtocolException on a frame that cannot be; nothing is allocated for it
   */
  public static JobFrame read(InputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    int got = in.readNBytes(header, 0, HEADER);
    if (got == 0) {
      return null;
    }
    if (got < HEADER) {
      throw new EOFException("the stream ended inside a frame header");
    }
    int kind = header[0] & 0xff;
    long length = number(header, 1, Integer.BYTES) - Long.BYTES;
    long position = number(header, LENGTH, Long.BYTES);
    if (kind < STDOUT || kind > ENDED) {
      throw new ProtocolException("frame of unknown kind " + kind + " from a job");
    }
    if (length < 0 || length > MAX_REST || position < 0) {
      throw new ProtocolException(
          "frame of " + length + " bytes at " + Long.toUnsignedString(position) + " from a job");
    }
    byte[] rest = in.readNBytes((int) length);
    if (rest.length < length) {
      throw new EOFException("the stream ended inside a frame");
    }
    return new JobFrame(kind, position, rest);
  }

  /** Writes {@code length} bytes of {@code bytes} as the rest of one frame, and flushes. */
  public static void write(OutputStream out, int kind, long position, byte[] bytes, int length)
      throws IOException {
    if (kind < STDOUT || kind > ENDED || length < 0 || length > MAX_REST) {
      throw new IllegalArgumentException("no such frame: kind " + kind + ", " + length + " bytes");
    }
    byte[] header = new byte[HEADER];
    header[0] = (byte) kind;
    put(header, 1, Integer.BYTES, length + (long) Long.BYTES);
    put(header, LENGTH, Long.BYTES, position);
    out.write(header, 0, HEADER);
    out.write(bytes, 0, length);
    out.flush();
  }

  /** {@link #STDOUT_DROPPED} or {@link #STDERR_DROPPED}. */
  public static void writeDropped(OutputStream out, int kind, long from, long to)
      throws IOException {
    byte[] rest = new byte[Long.BYTES];
    put(rest, 0, Long.BYTES, to);
    write(out, kind, from, rest, rest.length);
  }

  public static void writeEnded(OutputStream out, GuestMessage.JobReport report)
      throws IOException {
    byte[] rest = MessageCodec.encode(report);
    write(out, ENDED, 0, rest, rest.length);
  }

  /**
   * Of a frame about what was dropped: the position up to which it is gone.
   *
   * @throws ProtocolException when there is none behind {@link #position}
   */
  public long droppedTo() throws ProtocolException {
    if (rest.length != Long.BYTES || number(rest, 0, Long.BYTES) <= position) {
      throw new ProtocolException("a frame of dropped output without its end");
    }
    return number(rest, 0, Long.BYTES);
  }

  private static long number(byte[] from, int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (from[at + i] & 0xff);
    }
    return value;
  }

  private static void put(byte[] to, int at, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      to[at + i] = (byte) (value >> (8 * (bytes - 1 - i)));
    }
  }
}
