package dev.banger.plugin.exec;

import dev.banger.api.Summary;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code [plugins.exec-hooks]}.
 *
 * @param dir absolute, or from {@code ~/} on; empty for {@code hooks} in banger's own configuration
 *     directory
 * @param timeout for one run of one script, 100 ms to 5 min
 * @param required scripts as {@code PHASE/NAME}
 */
record HookSettings(
    @Summary("where the scripts are; empty: hooks in banger's configuration directory") String dir,
    @Summary("how long one run of a script may take") Duration timeout,
    @Summary("scripts without which no VM starts, as PHASE/NAME") List<String> required) {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Pattern REFERENCE =
      Pattern.compile("(prepare|host|guest)/" + ScriptName.PATTERN);

  // Last: the constructor checks against the constants above.
  static final HookSettings DEFAULTS = new HookSettings("", Duration.ofSeconds(30), List.of());

  HookSettings {
    required = List.copyOf(required);
    if (!dir.isEmpty() && !dir.startsWith("/") && !dir.startsWith("~/")) {
      throw new IllegalArgumentException("dir begins with / or ~/, got \"%s\"".formatted(dir));
    }
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout is 100ms to 5m, got " + timeout);
    }
    for (String reference : required) {
      if (!REFERENCE.matcher(reference).matches()) {
        throw new IllegalArgumentException(
            "required lists scripts as prepare/NAME, host/NAME or guest/NAME, got \"%s\""
                .formatted(reference));
      }
    }
  }
}
