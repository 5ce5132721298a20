package dev.banger.hooks;

import java.time.Duration;

/** How long to wait before a stop that failed is tried again. */
final class Backoff {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

  private Backoff() {}

  /**
   * 1 s, 2 s, 4 s ... at most 5 min.
   *
   * @param failures so far, this one included; 1 or more
   */
  static Duration after(int failures) {
    Duration wait = SHORTEST.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, 20));
    return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
  }

  /** What the step itself asked for, 1 s to 10 min. */
  static Duration asked(Duration wanted) {
    if (wanted.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wanted.compareTo(LONGEST_ASKED) < 0 ? wanted : LONGEST_ASKED;
  }
}
