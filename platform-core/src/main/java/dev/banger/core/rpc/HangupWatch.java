package dev.banger.core.rpc;

import java.io.IOException;
import java.io.InputStream;

/**
 * A connection's input that can be watched for its end while nobody reads. Reading and watching are
 * safe from different threads: what the watcher has read goes to whoever reads next.
 */
final class HangupWatch extends InputStream {
  private static final int NOTHING = -2;

  private final InputStream in;
  private boolean watching;
  private int ahead = NOTHING;
  private Runnable onEnd = () -> {};

  HangupWatch(InputStream in) {
    this.in = in;
  }

  /**
   * Runs {@code action} once when the other end hangs up, or has done so already. Bytes that come
   * end the watch without it.
   *
   * @return to be run when it is no longer of interest
   */
  synchronized Runnable onHangup(Runnable action) {
    onEnd = action;
    if (ahead == -1) {
      action.run();
    } else if (!watching && ahead == NOTHING) {
      watching = true;
      Thread.ofVirtual().name("rpc-hangup").start(this::watch);
    }
    return this::forget;
  }

  private synchronized void forget() {
    onEnd = () -> {};
  }

  private void watch() {
    int got;
    try {
      got = in.read();
    } catch (IOException e) {
      got = -1;
    }
    Runnable action = () -> {};
    synchronized (this) {
      ahead = got;
      watching = false;
      if (got == -1) {
        action = onEnd;
      }
      notifyAll();
    }
    action.run();
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
    synchronized (this) {
      while (watching) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
      if (ahead == -1) {
        return -1;
      }
      if (ahead != NOTHING) {
        into[offset] = (byte) ahead;
        ahead = NOTHING;
        return 1;
      }
    }
    return in.read(into, offset, length);
  }
}
