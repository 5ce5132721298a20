package dev.banger.plugin.idle;

import dev.banger.api.VmView;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a VM may be unused: as its label says, else as is configured for all. */
final class Allowance {
  static final String LABEL = "idle-stop";
  static final String NEVER = "never";
  static final Duration LONGEST = Duration.ofDays(365);

  private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final int SHOWN = 40;

  private Allowance() {}

  /**
   * @param configured zero for ever
   * @return empty for ever
   * @throws IllegalArgumentException saying what is wrong with the label
   */
  static Optional<Duration> of(VmView vm, Duration configured) {
    String label = vm.labels().get(LABEL);
    Duration allowed = label == null ? configured : parse(label);
    return allowed.isZero() ? Optional.empty() : Optional.of(allowed);
  }

  /** What is wrong with the VM's label, if anything. */
  static Optional<String> problem(VmView vm) {
    try {
      var _ = of(vm, Duration.ZERO);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Duration parse(String label) {
    if (label.equals(NEVER)) {
      return Duration.ZERO;
    }
    Matcher parts = SHAPE.matcher(label);
    if (!parts.matches()) {
      throw refused(label);
    }
    long number = Long.parseLong(parts.group(1));
    Duration given =
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        };
    if (given.compareTo(LONGEST) > 0) {
      throw refused(label);
    }
    return given;
  }

  private static IllegalArgumentException refused(String label) {
    String shown = label.length() > SHOWN ? label.substring(0, SHOWN) + "..." : label;
    return new IllegalArgumentException(
        "the label %s must be %s or a duration such as 30m or 2h, at most %d h, got \"%s\""
            .formatted(LABEL, NEVER, LONGEST.toHours(), shown));
  }
}
