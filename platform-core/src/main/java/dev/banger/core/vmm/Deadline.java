package dev.banger.core.vmm;

import java.time.Duration;

/** A moment by which several steps together must be done. */
public record Deadline(long endNanos) {
  public static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Never negative. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  public Duration atMost(Duration limit) {
    Duration left = left();
    return left.compareTo(limit) < 0 ? left : limit;
  }

  public boolean passed() {
    return left().isZero();
  }
}
