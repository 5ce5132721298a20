package dev.banger.hooks;

import java.time.Duration;
import java.util.Locale;

/** Words a duration for a message. */
public final class Durations {
  private Durations() {}

  /** For example {@code 8 ms}, {@code 2.1 s}, {@code 90 s}. */
  public static String words(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    return millis < 10_000 && millis % 1000 >= 50
        ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0)
        : millis / 1000 + " s";
  }
}
