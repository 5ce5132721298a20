package dev.banger.agent;

import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Carries one output of a command to the host. */
final class OutputPump implements Runnable {
  private static final int CHUNK = 32 * 1024;

  /** How often nothing must have moved before an output is given up. */
  private static final int TURNS = 20;

  private final InputStream from;
  private final int kind;
  private final OutputStream to;
  private long moves;
  private boolean waiting;
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
      setWaiting(true);
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
   *
   * <p>The time is taken in turns of this thread, not by the clock alone: on a machine so busy that
   * the reading thread has not run for that long, output that is there would be lost.
   */
  void awaitEnd(long millis) throws InterruptedException {
    synchronized (this) {
      long turn = Math.max(1, millis / TURNS);
      int idle = 0;
      while (!ended && idle < TURNS) {
        long before = moves;
        wait(turn);
        idle = waiting && moves == before ? idle + 1 : 0;
      }
    }
    synchronized (to) {
      abandoned = true;
    }
  }

  private synchronized void setWaiting(boolean now) {
    waiting = now;
    moves++;
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
