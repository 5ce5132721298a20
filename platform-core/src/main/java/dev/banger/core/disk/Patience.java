package dev.banger.core.disk;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for the kernel and its helpers, in growing steps and with an end. */
final class Patience {
  private static final Duration FIRST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** How time passes. */
  interface Nap {
    void take(Duration time) throws InterruptedException;
  }

  private final Nap nap;

  Patience(Nap nap) {
    this.nap = nap;
  }

  /** Asks at once, then again and again until {@code limit} is over. Whether it came true. */
  boolean until(Duration limit, BooleanSupplier done) throws InterruptedException {
    Duration step = FIRST;
    Duration waited = Duration.ZERO;
    while (!done.getAsBoolean()) {
      if (waited.compareTo(limit) >= 0) {
        return false;
      }
      nap.take(step);
      waited = waited.plus(step);
      step = step.multipliedBy(2).compareTo(LONGEST) < 0 ? step.multipliedBy(2) : LONGEST;
    }
    return true;
  }
}
