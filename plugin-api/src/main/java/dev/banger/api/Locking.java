package dev.banger.api;

import java.time.Duration;

/** One at a time. */
public interface Locking {
  /**
   * Runs {@code body} while no other call of this plugin holds the same key. Not re-entrant. Fair
   * enough, not strictly first come first served.
   *
   * @param deadline how long to wait for the turn; past it, {@code CONFLICT} is thrown and the body
   *     does not run
   */
  <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception;

  /** What runs under a lock. */
  @FunctionalInterface
  interface LockedBody<T> {
    T run() throws Exception;
  }
}
