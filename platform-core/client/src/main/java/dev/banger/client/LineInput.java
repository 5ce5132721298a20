package dev.banger.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines first, bytes later: what was read ahead of a line stays here for whoever reads on. Not
 * thread-safe.
 */
public final class LineInput extends InputStream {
  private final InputStream in;
  private final int longest;
  private byte[] buffer = new byte[8 * 1024];
  private int start;
  private int end;

  public LineInput(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * The next line without its end, or null at the end of the stream.
   *
   * @throws EOFException when the stream ends inside a line
   * @throws IOException when the line is longer than allowed
   */
  public Json readJsonLine() throws IOException {
    int scanned = start;
    while (true) {
      for (int at = scanned; at < end; at++) {
        if (buffer[at] == '\n') {
          Json line = Json.parse(buffer, start, at - start);
          start = at + 1;
          return line;
        }
      }
      if (end - start > longest) {
        throw new IOException("a line of more than " + longest + " bytes");
      }
      int pending = end - start;
      if (end == buffer.length) {
        makeRoom();
      }
      scanned = start + pending;
      int got = in.read(buffer, end, buffer.length - end);
      if (got < 0) {
        if (pending == 0) {
          return null;
        }
        throw new EOFException("the connection ended inside a line");
      }
      end += got;
    }
  }

  private void makeRoom() {
    int pending = end - start;
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, pending);
    } else {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    start = 0;
    end = pending;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (start == end) {
      start = 0;
      end = 0;
      int got = length >= buffer.length ? in.read(into, offset, length) : fill();
      if (got < 0 || length >= buffer.length) {
        return got;
      }
    }
    int taken = Math.min(length, end - start);
    System.arraycopy(buffer, start, into, offset, taken);
    start += taken;
    return taken;
  }

  private int fill() throws IOException {
    int got = in.read(buffer, 0, buffer.length);
    end = Math.max(got, 0);
    return got;
  }
}
