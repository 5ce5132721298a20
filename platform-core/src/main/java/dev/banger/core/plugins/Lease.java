package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.time.Duration;

/** The right to call the host, as long as the call into the plugin lasts for which it was given. */
final class Lease {
  private static final Duration UNLIMITED = Duration.ofDays(365);

  private final String what;
  private final long end;
  private volatile boolean revoked;

  private Lease(String what, Duration length) {
    this.what = what;
    this.end = System.nanoTime() + length.toNanos();
  }

  static Lease of(String what, Duration length) {
    return new Lease(what, length.compareTo(UNLIMITED) < 0 ? length : UNLIMITED);
  }

  static Lease unlimited(String what) {
    return new Lease(what, UNLIMITED);
  }

  void revoke() {
    revoked = true;
  }

  void check() {
    if (revoked) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, what + " is over; the host no longer answers it");
    }
  }

  /** The shorter of what is asked for and what is left; at least 1 ms. */
  Duration atMost(Duration asked) {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    Duration shorter = asked.compareTo(left) < 0 ? asked : left;
    return shorter.compareTo(Duration.ofMillis(1)) > 0 ? shorter : Duration.ofMillis(1);
  }
}
