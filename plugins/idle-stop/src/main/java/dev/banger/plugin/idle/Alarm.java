package dev.banger.plugin.idle;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A pause that can be cut short. */
final class Alarm {
  private boolean isRung;

  synchronized void ring() {
    isRung = true;
    notifyAll();
  }

  /** Returns after so long, or when it is rung, or at once when it was since the last time. */
  synchronized void await(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!isRung) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    isRung = false;
  }
}
