package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The right to call the host, as long as the call into the plugin lasts for which it was given. */
public final class Lease {
  private static final Duration UNLIMITED = Duration.ofDays(365);

  private final String what;
  private final long end;
  private final Optional<String> heldVm;
  private final Set<Runnable> atEnd = new LinkedHashSet<>();
  private boolean revoked;

  private Lease(String what, Duration length, Optional<String> heldVm) {
    this.what = what;
    this.end = System.nanoTime() + (length.compareTo(UNLIMITED) < 0 ? length : UNLIMITED).toNanos();
    this.heldVm = heldVm;
  }

  /**
   * @param what for messages: what the call is
   * @param heldVm the id of the VM whose lock the core holds around the call
   */
  static Lease of(String what, Duration length, Optional<String> heldVm) {
    return new Lease(what, length, heldVm);
  }

  /** For the whole life of a plugin. */
  public static Lease unlimited(String what) {
    return new Lease(what, UNLIMITED, Optional.empty());
  }

  /** From now on every check fails, and what was opened under the lease is closed. */
  public void revoke() {
    List<Runnable> closing;
    synchronized (this) {
      revoked = true;
      closing = List.copyOf(atEnd);
      atEnd.clear();
    }
    closing.forEach(this::closeOne);
  }

  /** One that fails keeps no other from being closed, nor a call's answer from its caller. */
  private void closeOne(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException e) {
      System.getLogger(Lease.class.getName())
          .log(System.Logger.Level.WARNING, "cannot close what " + what + " opened", e);
    }
  }

  /**
   * Runs {@code close} when the lease is revoked; at once when it is already. It must not throw.
   *
   * @return forgets it; may be repeated. When the lease is being revoked, {@code close} may still
   *     run
   */
  Runnable onRevoke(Runnable close) {
    // An identity of its own: the same object may be given twice.
    Runnable entry = () -> close.run();
    synchronized (this) {
      if (!revoked) {
        atEnd.add(entry);
        return () -> forget(entry);
      }
    }
    close.run();
    return () -> {};
  }

  private synchronized void forget(Runnable entry) {
    atEnd.remove(entry);
  }

  /**
   * @throws CapabilityException of kind ILLEGAL_STATE when the lease was revoked
   */
  public synchronized void check() {
    if (revoked) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, what + " is over; the host no longer answers it");
    }
  }

  /** The VM whose lock the core holds around the call. */
  public Optional<String> heldVm() {
    return heldVm;
  }

  /** Time left; not negative. */
  public Duration remaining() {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The shorter of what is asked for and what is left; at least 1 ms. */
  public Duration atMost(Duration asked) {
    Duration left = remaining();
    Duration shorter = asked.compareTo(left) < 0 ? asked : left;
    return shorter.compareTo(Duration.ofMillis(1)) > 0 ? shorter : Duration.ofMillis(1);
  }
}
