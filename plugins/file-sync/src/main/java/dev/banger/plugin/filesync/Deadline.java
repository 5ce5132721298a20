package dev.banger.plugin.filesync;

import java.time.Duration;

/** When something is to be over. */
record Deadline(long nanoTime) {
  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  /** At least 1 ms, so that whoever gets it can say that time is up. */
  Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, nanoTime - System.nanoTime()));
  }
}
