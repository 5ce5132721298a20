package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import java.time.Duration;
import java.time.Instant;

/** How a call into a plugin ended. */
sealed interface Answer<T> {
  Instant at();

  Duration took();

  /** It returned. */
  record Given<T>(T value, Instant at, Duration took) implements Answer<T> {}

  /**
   * It did not.
   *
   * @param reason one line, without the name of the plugin and the step
   */
  record Failed<T>(
      CapabilityException failure, String reason, boolean timedOut, Instant at, Duration took)
      implements Answer<T> {
    /** As in a {@link HookRun}. */
    String outcome() {
      return timedOut ? "timed-out" : "failed";
    }
  }
}
