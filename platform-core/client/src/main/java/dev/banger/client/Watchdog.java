package dev.banger.client;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a client when a deadline passes before this is closed. */
final class Watchdog implements AutoCloseable, Runnable {
  private final BangerClient client;
  private final Duration deadline;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean hasBitten;

  Watchdog(BangerClient client, Duration deadline) {
    this.client = client;
    this.deadline = deadline;
    Thread thread = new Thread(this, "banger-deadline");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      if (!done.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
        hasBitten = true;
        client.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the deadline has passed. */
  boolean hasBitten() {
    return hasBitten;
  }

  @Override
  public void close() {
    done.countDown();
  }
}
