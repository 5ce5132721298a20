package dev.banger.plugin.workspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A bounded pipe between two threads. The writer waits while it is full, the reader while it is
 * empty; either side, or a third, may end it for both.
 */
final class Pipe {
  private final byte[] ring;
  private int start;
  private int count;
  private boolean ended;
  private IOException broken;

  /**
   * @param capacity in bytes, at least 1
   */
  Pipe(int capacity) {
    ring = new byte[capacity];
  }

  /** Nothing more is written; what is in the pipe is still read. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Ends it for both sides at once; the first cause stays. */
  synchronized void fail(IOException cause) {
    if (broken == null) {
      broken = cause;
    }
    notifyAll();
  }

  /** Called in loops. */
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void await() throws IOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private void check() throws IOException {
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
  }

  private synchronized void put(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      check();
      if (ended) {
        throw new IOException("written to after its end");
      }
      if (count == ring.length) {
        await();
        continue;
      }
      int at = (start + count) % ring.length;
      int step = Math.min(length - done, Math.min(ring.length - count, ring.length - at));
      System.arraycopy(bytes, offset + done, ring, at, step);
      count += step;
      done += step;
      notifyAll();
    }
  }

  private synchronized int take(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      check();
      if (count > 0) {
        int step = Math.min(length, Math.min(count, ring.length - start));
        System.arraycopy(ring, start, bytes, offset, step);
        start = (start + step) % ring.length;
        count -= step;
        notifyAll();
        return step;
      }
      if (ended) {
        return -1;
      }
      await();
    }
  }

  /** Closing it does nothing: who writes it may be cut short. */
  OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        put(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        put(bytes, offset, length);
      }
    };
  }

  InputStream in() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return take(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return length == 0 ? 0 : take(bytes, offset, length);
      }
    };
  }
}
