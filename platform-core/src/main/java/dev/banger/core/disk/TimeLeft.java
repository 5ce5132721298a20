package dev.banger.core.disk;

import java.time.Duration;

/** A moment by which several steps together must be done. */
record TimeLeft(long endNanos) {
  static TimeLeft of(Duration duration) {
    return new TimeLeft(System.nanoTime() + duration.toNanos());
  }

  /** At least a millisecond, so that a step that comes too late says so itself. */
  Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
  }

  Duration atMost(Duration limit) {
    Duration left = left();
    return left.compareTo(limit) < 0 ? left : limit;
  }
}
