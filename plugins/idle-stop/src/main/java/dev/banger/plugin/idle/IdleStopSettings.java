package dev.banger.plugin.idle;

import dev.banger.api.Summary;
import java.time.Duration;

/**
 * {@code [plugins.idle-stop]}.
 *
 * @param after 0 to 8760 h; 0 for never
 * @param cpu percent of one CPU, 0 to 100,000; 0 for not looking at it
 */
record IdleStopSettings(
    @Summary("how long a VM may be unused before it is stopped; 0s for ever") Duration after,
    @Summary(
            "a VM that needs this many percent of one CPU, or more, is in use; 0 to not look at that")
        int cpu) {
  static final int MOST_CPU = 100_000;

  static final IdleStopSettings DEFAULTS = new IdleStopSettings(Duration.ZERO, 10);

  IdleStopSettings {
    if (after.isNegative() || after.compareTo(Allowance.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "after must be 0s to %d h, got %s"
              .formatted(Allowance.LONGEST.toHours(), Words.duration(after)));
    }
    if (cpu < 0 || cpu > MOST_CPU) {
      throw new IllegalArgumentException(
          "cpu must be 0 to %d percent of one CPU, got %d".formatted(MOST_CPU, cpu));
    }
  }
}
