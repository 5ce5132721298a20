package dev.banger.agent;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Carries input to a command, on a thread of its own: a command that does not read must not keep
 * signals from being delivered.
 */
final class InputPump implements Runnable {
  /** Payloads of at most 64 KiB each. */
  private static final int QUEUED = 4;

  private static final byte[] END = {};

  private final Child child;
  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUED);
  private volatile boolean broken;

  InputPump(Child child) {
    this.child = child;
  }

  /** Queues a payload; an empty one is the end of file. False when it was not taken in time. */
  boolean offer(byte[] payload, long millis) throws InterruptedException {
    return broken || queue.offer(payload, millis, TimeUnit.MILLISECONDS);
  }

  /** Nobody will offer any more. */
  void stop() {
    broken = true;
    queue.clear();
    boolean woken = queue.offer(END);
    assert woken;
  }

  @Override
  public void run() {
    try {
      byte[] payload = queue.take();
      while (payload.length > 0 && !broken) {
        child.stdin().write(payload, 0, payload.length);
        child.stdin().flush();
        payload = queue.take();
      }
      child.endInput();
    } catch (IOException e) {
      // The command reads no more, which is its right.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      broken = true;
      queue.clear();
    }
  }
}
