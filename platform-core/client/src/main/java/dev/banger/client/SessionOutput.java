package dev.banger.client;

import java.io.IOException;
import java.io.InputStream;

/** One output of a session: what came and was not read yet, at most {@link #MOST} bytes. */
final class SessionOutput extends InputStream {
  static final int MOST = 256 * 1024;

  private final byte[] ring = new byte[MOST];
  private long taken;
  private long received;
  private boolean ended;
  private IOException lost;

  SessionOutput(long position) {
    this.taken = position;
    this.received = position;
  }

  synchronized long received() {
    return received;
  }

  synchronized long taken() {
    return taken;
  }

  synchronized void connected() {
    lost = null;
  }

  synchronized boolean isConnected() {
    return lost == null;
  }

  /** What was received can still be read. The first reason is the one. */
  synchronized void lost(IOException reason) {
    if (!ended && lost == null) {
      lost = reason;
    }
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  synchronized void put(byte[] bytes) throws IOException, InterruptedException {
    for (int done = 0; done < bytes.length; ) {
      while (received - taken == MOST && lost == null) {
        wait();
      }
      if (lost != null) {
        throw lost;
      }
      int at = (int) (received % MOST);
      int room = Math.min(MOST - at, (int) (MOST - (received - taken)));
      int count = Math.min(room, bytes.length - done);
      System.arraycopy(bytes, done, ring, at, count);
      done += count;
      received += count;
      notifyAll();
    }
  }

  synchronized void awaitEnd() throws IOException, InterruptedException {
    while (!ended && lost == null) {
      wait();
    }
    if (!ended) {
      throw new IOException(lost.getMessage(), lost);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (received == taken && !ended && lost == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted while waiting for a session");
      }
    }
    if (received == taken) {
      if (ended) {
        return -1;
      }
      throw new IOException(lost.getMessage(), lost);
    }
    int at = (int) (taken % MOST);
    int count = Math.min(Math.min(length, MOST - at), (int) (received - taken));
    System.arraycopy(ring, at, into, offset, count);
    taken += count;
    notifyAll();
    return count;
  }

  @Override
  public synchronized int available() {
    return (int) (received - taken);
  }
}
