package dev.banger.cli.base;

import dev.banger.client.BangerClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a connection when its time is over, unless closed before. */
final class Patience implements AutoCloseable, Runnable {
  private final BangerClient client;
  private final long millis;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean hasRunOut;

  /**
   * @param millis 0 for endless patience
   */
  Patience(BangerClient client, long millis) {
    this.client = client;
    this.millis = millis;
    if (millis > 0) {
      Thread thread = new Thread(this, "banger-patience");
      thread.setDaemon(true);
      thread.start();
    }
  }

  @Override
  public void run() {
    try {
      if (!done.await(millis, TimeUnit.MILLISECONDS)) {
        hasRunOut = true;
        client.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean ranOut() {
    return hasRunOut;
  }

  @Override
  public void close() {
    done.countDown();
  }
}
