package dev.banger.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes the frames that carry a command's input, output and end, both between client and
 * daemon and between daemon and guest: {@code kind (1 byte) | length (4 bytes, big endian) |
 * payload}.
 *
 * <p>Nothing is buffered here: a read takes exactly one frame from the stream, and every write is
 * flushed, so that a prompt without a line end arrives at once. Give {@link #read} a buffered
 * stream where small reads are dear.
 */
public final class ByteFrames {
  /** To the command; length 0 is end of file. */
  public static final int STDIN = 1;

  /** From the command; length 0 is end of file. */
  public static final int STDOUT = 2;

  /** From the command; length 0 is end of file. */
  public static final int STDERR = 3;

  /** To the command: 1 byte, the signal number. */
  public static final int SIGNAL = 4;

  /** To the command's terminal: rows, columns, 2 bytes each, big endian. */
  public static final int RESIZE = 5;

  /** From the command: 4 bytes, big endian, the exit code. The last frame. */
  public static final int EXIT = 6;

  /** Instead of EXIT: what went wrong, UTF-8. The last frame. */
  public static final int ERROR = 7;

  /** Largest payload of one frame, in bytes. */
  public static final int MAX_PAYLOAD = 64 * 1024;

  private static final int HEADER = 5;
  private static final int JOINED = 4 * 1024;
  private static final byte[] NOTHING = {};

  private ByteFrames() {}

  /**
   * The next frame, or null when the stream ended between two frames. Blocks.
   *
   * @throws EOFException when the stream ended inside a frame
   * @throws ProtocolException on an unknown kind or a payload over {@link #MAX_PAYLOAD}; nothing is
   *     allocated for such a frame
   */
  public static ByteFrame read(InputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    int got = in.readNBytes(header, 0, HEADER);
    if (got == 0) {
      return null;
    }
    if (got < HEADER) {
      throw new EOFException("the stream ended inside a frame header");
    }
    int kind = header[0] & 0xff;
    int length =
        (header[1] & 0xff) << 24
            | (header[2] & 0xff) << 16
            | (header[3] & 0xff) << 8
            | (header[4] & 0xff);
    if (kind < STDIN || kind > ERROR) {
      throw new ProtocolException("frame of unknown kind " + kind);
    }
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new ProtocolException(
          "frame of " + Integer.toUnsignedString(length) + " bytes, at most 65536 allowed");
    }
    byte[] payload = length == 0 ? NOTHING : new byte[length];
    if (in.readNBytes(payload, 0, length) < length) {
      throw new EOFException("the stream ended inside a frame");
    }
    return new ByteFrame(kind, payload);
  }

  /**
   * Writes {@code length} bytes as one frame and flushes. Several threads may write frames to the
   * same stream object: frames do not mix (the stream's monitor is held meanwhile).
   *
   * @throws IllegalArgumentException when the payload is over {@link #MAX_PAYLOAD}; use {@link
   *     #writeAll}
   */
  public static void write(OutputStream out, int kind, byte[] bytes, int offset, int length)
      throws IOException {
    if (kind < STDIN || kind > ERROR || length < 0 || length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("no such frame: kind " + kind + ", " + length + " bytes");
    }
    // A small frame goes out in one write: one system call, one packet. A large one is not copied.
    int joined = length <= JOINED ? length : 0;
    byte[] head = new byte[HEADER + joined];
    head[0] = (byte) kind;
    putInt(head, 1, length);
    System.arraycopy(bytes, offset, head, HEADER, joined);
    synchronized (out) {
      out.write(head, 0, head.length);
      if (joined < length) {
        out.write(bytes, offset, length);
      }
      out.flush();
    }
  }

  /** Writes all of {@code bytes}, in as many frames as it takes; nothing when there are none. */
  public static void writeAll(OutputStream out, int kind, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += MAX_PAYLOAD) {
      write(out, kind, bytes, at, Math.min(MAX_PAYLOAD, bytes.length - at));
    }
  }

  /** End of file for STDIN, STDOUT or STDERR. */
  public static void writeEnd(OutputStream out, int kind) throws IOException {
    write(out, kind, NOTHING, 0, 0);
  }

  public static void writeExit(OutputStream out, int code) throws IOException {
    byte[] payload = new byte[4];
    putInt(payload, 0, code);
    write(out, EXIT, payload, 0, 4);
  }

  /**
   * @param number 1 to 255
   */
  public static void writeSignal(OutputStream out, int number) throws IOException {
    if (number < 1 || number > 255) {
      throw new IllegalArgumentException("no such signal: " + number);
    }
    write(out, SIGNAL, new byte[] {(byte) number}, 0, 1);
  }

  /** Rows and columns beyond 65535 are cut to that. */
  public static void writeResize(OutputStream out, int rows, int columns) throws IOException {
    int r = Math.clamp(rows, 0, 0xffff);
    int c = Math.clamp(columns, 0, 0xffff);
    byte[] payload = {(byte) (r >> 8), (byte) r, (byte) (c >> 8), (byte) c};
    write(out, RESIZE, payload, 0, 4);
  }

  /** What is over {@link #MAX_PAYLOAD} in UTF-8 is cut off. */
  public static void writeError(OutputStream out, String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    write(out, ERROR, payload, 0, Math.min(payload.length, MAX_PAYLOAD));
  }

  static String name(int kind) {
    return switch (kind) {
      case STDIN -> "STDIN";
      case STDOUT -> "STDOUT";
      case STDERR -> "STDERR";
      case SIGNAL -> "SIGNAL";
      case RESIZE -> "RESIZE";
      case EXIT -> "EXIT";
      case ERROR -> "ERROR";
      default -> Integer.toString(kind);
    };
  }

  private static void putInt(byte[] to, int at, int value) {
    to[at] = (byte) (value >> 24);
    to[at + 1] = (byte) (value >> 16);
    to[at + 2] = (byte) (value >> 8);
    to[at + 3] = (byte) value;
  }
}
