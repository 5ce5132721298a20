package dev.banger.core.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;

/** Output of a command that its reader has not taken yet: bounded, so that the writer must wait. */
final class OutputBuffer extends InputStream {
  private static final int CAPACITY = 256 * 1024;
  private static final int OVERHEAD = 64;

  private final Queue<byte[]> payloads = new ArrayDeque<>();
  private int held;
  private int at;
  private boolean ended;
  private boolean closed;
  private IOException failure;

  /** Waits for room. Drops the bytes when the reader has closed its end. */
  synchronized void put(byte[] payload) throws InterruptedException {
    while (held > 0 && held + payload.length + OVERHEAD > CAPACITY && !closed && !ended) {
      wait();
    }
    if (!closed && !ended && payload.length > 0) {
      payloads.add(payload);
      held += payload.length + OVERHEAD;
      notifyAll();
    }
  }

  /** Nothing more will come. What is here can still be read. */
  synchronized void end(IOException cause) {
    if (!ended) {
      ended = true;
      failure = cause;
      notifyAll();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (payloads.isEmpty() && !ended && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (payloads.isEmpty()) {
      if (failure != null) {
        throw failure;
      }
      return -1;
    }
    byte[] first = payloads.element();
    int count = Math.min(length, first.length - at);
    System.arraycopy(first, at, to, offset, count);
    at += count;
    if (at == first.length) {
      payloads.remove();
      at = 0;
      held -= first.length + OVERHEAD;
      notifyAll();
    }
    return count;
  }

  @Override
  public synchronized int available() {
    return payloads.isEmpty() ? 0 : payloads.element().length - at;
  }

  @Override
  public synchronized void close() {
    closed = true;
    payloads.clear();
    held = 0;
    notifyAll();
  }
}
