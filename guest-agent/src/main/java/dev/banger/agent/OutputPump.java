package dev.banger.agent;

import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Carries one output of a command to the host. */
final class OutputPump implements Runnable {
  private static final int CHUNK = 32 * 1024;

  private final InputStream from;
  private final int kind;
  private final OutputStream to;
  private long waitingSince = System.nanoTime();
  private boolean waiting = true;
  private boolean ended;
  private boolean abandoned;

  OutputPump(InputStream from, int kind, OutputStream to) {
    this.from = from;
    this.kind = kind;
    this.to = to;
  }

  @Override
  public void run() {
    byte[] chunk = new byte[CHUNK];
    try {
      int count = from.read(chunk, 0, CHUNK);
      while (count >= 0) {
        setWaiting(false);
        send(chunk, count);
        setWaiting(true);
        count = from.read(chunk, 0, CHUNK);
      }
      send(chunk, 0);
    } catch (IOException e) {
      // The host reads no more. Closing lets the command know, as a shell's pipe would.
      close();
    } finally {
      setEnded();
    }
  }

  /**
   * Waits until all output has been sent, or none has come for {@code millis} although the command
   * is gone: then somebody else has its output open, and what that writes is read and dropped.
   */
  void awaitEnd(long millis) throws InterruptedException {
    synchronized (this) {
      long from0 = System.nanoTime();
      while (!ended && !(waiting && millisSince(from0) >= millis && idleMillis() >= millis)) {
        wait(waiting ? Math.max(1, millis - Math.min(millisSince(from0), idleMillis())) : millis);
      }
    }
    synchronized (to) {
      abandoned = true;
    }
  }

  private long idleMillis() {
    return millisSince(waitingSince);
  }

  private static long millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000;
  }

  private synchronized void setWaiting(boolean now) {
    waiting = now;
    waitingSince = System.nanoTime();
    notifyAll();
  }

  private synchronized void setEnded() {
    ended = true;
    notifyAll();
  }

  private void send(byte[] chunk, int count) throws IOException {
    synchronized (to) {
      if (!abandoned) {
        ByteFrames.write(to, kind, chunk, 0, count);
      }
    }
  }

  private void close() {
    try {
      from.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
