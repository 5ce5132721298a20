package dev.banger.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The incoming half of a link: buffered, with a look at the next byte. It goes on after an end of
 * file, because on a virtio-serial port that only says that nobody is connected on the other side.
 */
public final class LinkInput {
  private static final int MOST = 64 * 1024;

  private final InputStream in;
  private byte[] buffer = new byte[Protocol.FIRST_BUFFER];
  private int at;
  private int end;

  public LinkInput(InputStream in) {
    this.in = in;
  }

  /** The next byte, left where it is, or -1 at the end of file. */
  int peek() throws IOException {
    return at < end || fill() ? buffer[at] & 0xff : -1;
  }

  /** The next byte, or -1 at the end of file. */
  int read() throws IOException {
    return at < end || fill() ? buffer[at++] & 0xff : -1;
  }

  /** Skips zeros that have already arrived; the next byte to come may still be one. */
  void skipZeros() {
    while (at < end && buffer[at] == 0) {
      at++;
    }
  }

  void readFully(byte[] to, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (at == end && !fill()) {
        throw new EOFException("the link ended inside a frame");
      }
      int count = Math.min(length - done, end - at);
      System.arraycopy(buffer, at, to, done, count);
      at += count;
      done += count;
    }
  }

  private boolean fill() throws IOException {
    if (end == buffer.length && end < MOST) {
      // More comes at once than it holds.
      buffer = new byte[Math.min(2 * end, MOST)];
    }
    at = 0;
    end = 0;
    int count = in.read(buffer, 0, buffer.length);
    end = Math.max(0, count);
    return count > 0;
  }
}
