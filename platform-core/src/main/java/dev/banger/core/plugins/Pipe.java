package dev.banger.core.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A bounded pipe between two threads. Unlike the JDK's it wakes the other side at once, and a
 * writer that fails makes the reader fail too, so that half an archive is never taken for a whole
 * one.
 */
public final class Pipe {
  private final byte[] ring;
  private int start;
  private int count;
  private boolean ended;
  private boolean discarding;
  private IOException failure;

  public Pipe(int size) {
    ring = new byte[size];
  }

  /** Both sides throw this from now on. The first failure counts. */
  public synchronized void fail(IOException reason) {
    if (failure == null) {
      failure = reason;
    }
    notifyAll();
  }

  /**
   * The reader has all it wants: what is still written is swallowed. A tar archive ends in padding
   * that its reader need not wait for.
   */
  synchronized void discard() {
    discarding = true;
    notifyAll();
  }

  public InputStream in() {
    return new Reader();
  }

  /** Closing it is the end of the stream. */
  public OutputStream out() {
    return new Writer();
  }

  private synchronized int take(byte[] target, int offset, int wanted) throws IOException {
    while (count == 0 && !ended && failure == null) {
      pause();
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (count == 0) {
      return -1;
    }
    int taken = Math.min(Math.min(wanted, count), ring.length - start);
    System.arraycopy(ring, start, target, offset, taken);
    start = (start + taken) % ring.length;
    count -= taken;
    notifyAll();
    return taken;
  }

  private synchronized int give(byte[] source, int offset, int offered) throws IOException {
    while (count == ring.length && failure == null && !discarding) {
      pause();
    }
    if (discarding) {
      return offered;
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    int free = (start + count) % ring.length;
    int given = Math.min(Math.min(offered, ring.length - count), ring.length - free);
    System.arraycopy(source, offset, ring, free, given);
    count += given;
    notifyAll();
    return given;
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  @SuppressWarnings("WaitNotInLoop") // both callers loop
  private void pause() throws InterruptedIOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the other side");
    }
  }

  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return take(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      return length == 0 ? 0 : take(target, offset, length);
    }

    @Override
    public void close() {
      fail(new IOException("the receiver went away"));
    }
  }

  private final class Writer extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, source.length);
      for (int done = 0; done < length; ) {
        done += give(source, offset + done, length - done);
      }
    }

    @Override
    public void close() {
      end();
    }
  }
}
