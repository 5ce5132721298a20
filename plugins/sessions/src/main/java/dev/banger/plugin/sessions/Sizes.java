package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJobSpec;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as people type them. */
final class Sizes {
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(|B|KiB|MiB|GiB)");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private Sizes() {}

  static long kept(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (matcher.matches()) {
      long bytes = Long.parseLong(matcher.group(1)) * UNITS.get(matcher.group(2));
      if (bytes >= GuestJobSpec.LEAST_KEPT && bytes <= GuestJobSpec.MOST_KEPT) {
        return bytes;
      }
    }
    throw new CapabilityException(
        FailureKind.INVALID,
        "--keep must be 64KiB to 1GiB, got \"%s\"".formatted(text),
        "--keep 16MiB, or leave it out");
  }

  static Duration grace(String text) {
    Matcher matcher = TIME.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration time =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
          };
      if (time.compareTo(LONGEST) <= 0) {
        return time;
      }
    }
    throw new CapabilityException(
        FailureKind.INVALID,
        "--grace must be 0s to 10m, got \"%s\"".formatted(text),
        "--grace 30s, or leave it out");
  }
}
