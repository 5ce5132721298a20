package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.StepPolicy;
import java.time.Duration;

/** Says which step failed, when, and why. */
final class BlameLine {
  private BlameLine() {}

  /** For example {@code nat 1.0.0, step rules: failed after 2.1 s (required): no nft here}. */
  static String of(
      Participant plugin, String step, Duration took, StepPolicy policy, String reason) {
    return "%s, step %s: failed after %s (%s): %s"
        .formatted(plugin.title(), step, Durations.words(took), words(policy), reason);
  }

  private static String words(StepPolicy policy) {
    return switch (policy) {
      case REQUIRED -> "required";
      case BEST_EFFORT -> "best effort";
    };
  }

  /** The failure, without what the line says anyway. */
  static String reason(Participant plugin, String what, CapabilityException failure) {
    String message = failure.getMessage();
    String known = Failures.opening(plugin.id(), what);
    return Lines.of(message.startsWith(known) ? message.substring(known.length()) : message);
  }
}
