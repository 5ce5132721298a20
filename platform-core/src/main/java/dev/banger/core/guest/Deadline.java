package dev.banger.core.guest;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;

/** A point in time, on the scale of {@link System#nanoTime()}. */
record Deadline(long nanoTime, Duration given) {
  static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos(), duration);
  }

  long leftNanos() {
    return nanoTime - System.nanoTime();
  }

  boolean passed() {
    return leftNanos() <= 0;
  }

  BangerException timeout(String what) {
    return new BangerException(
        ErrorKind.TIMEOUT,
        given.toMillis() < 10_000
            ? "%s within %d ms".formatted(what, given.toMillis())
            : "%s within %d s".formatted(what, given.toSeconds()));
  }
}
