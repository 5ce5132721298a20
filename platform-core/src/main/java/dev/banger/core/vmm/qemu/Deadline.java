package dev.banger.core.vmm.qemu;

import java.time.Duration;

/** A moment by which several steps together must be done. */
record Deadline(long endNanos) {
  static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  Duration atMost(Duration limit) {
    Duration left = left();
    return left.compareTo(limit) < 0 ? left : limit;
  }

  boolean passed() {
    return left().isZero();
  }
}
