package dev.banger.api;

import java.time.Duration;
import java.util.List;

/**
 * What listens in a guest. Needs {@link Permission#GUEST_PORTS}. Errors: as {@link GuestAccess}.
 */
public interface GuestPorts {
  /** At most this many are told of one guest; what is beyond is left out. */
  int MOST = 4096;

  /** All listeners, sorted by protocol, port and address; at most {@link #MOST}. */
  List<GuestListener> listeners(VmView vm, Duration deadline) throws InterruptedException;

  /**
   * Calls {@code watcher} with the listeners as they are, and again whenever they have changed, at
   * most once a second. Returns when the guest goes away; ends with an interrupt.
   *
   * @param watcher called on this thread
   */
  void watchListeners(VmView vm, Watcher watcher) throws InterruptedException;

  /** Told what listens. */
  @FunctionalInterface
  interface Watcher {
    void changed(List<GuestListener> now) throws InterruptedException;
  }
}
