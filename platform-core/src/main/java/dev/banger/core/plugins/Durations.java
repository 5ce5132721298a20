package dev.banger.core.plugins;

import java.time.Duration;

/** Words a duration for a message. */
final class Durations {
  private Durations() {}

  static String words(Duration duration) {
    return duration.toMillis() < 1000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
  }
}
