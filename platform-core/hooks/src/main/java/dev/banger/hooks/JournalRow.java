package dev.banger.hooks;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One step of one VM that was begun and not yet stopped. There is at most one per VM, plugin and
 * step.
 *
 * @param id ascending in the order in which steps were begun; stops go through them in reverse
 * @param after as in the {@link dev.banger.api.StepSpec}
 * @param receiptJson what was returned or last intended
 * @param operation that started it
 * @param note from the step, for {@code vm show}; may be empty
 * @param reason why it is degraded, failed, was skipped or cannot be stopped; else empty
 * @param attempts how often it could not be stopped
 * @param retryAt when a stop is tried again, for {@link State#STOP_FAILED}
 * @param took how long its start took
 */
public record JournalRow(
    long id,
    StoredVm vm,
    String plugin,
    String version,
    String digest,
    String step,
    Phase phase,
    StepPolicy policy,
    List<String> after,
    State state,
    int receiptVersion,
    Optional<String> receiptJson,
    String operation,
    String note,
    String reason,
    int attempts,
    Optional<Instant> retryAt,
    Instant startedAt,
    Duration took) {
  public JournalRow {
    after = List.copyOf(after);
  }

  /** Where a step is. */
  public enum State {
    /** Begun; whether anything was made is told by the receipt alone. */
    STARTING,
    /** Done; degraded when there is a reason. */
    STARTED,
    /** It had nothing to do for this VM; kept to be shown. Holds nothing. */
    SKIPPED,
    /** Best effort, failed and undone; kept to be shown. Holds nothing. */
    FAILED,
    /** Could not be stopped yet. */
    STOP_FAILED;

    /** Whether there may be something to take back. */
    public boolean holds() {
      return switch (this) {
        case STARTING, STARTED, STOP_FAILED -> true;
        case SKIPPED, FAILED -> false;
      };
    }

    /** As in JSON: {@code starting}, {@code stop-failed}. */
    public String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** {@code nat 1.0.0, step rules}. */
  public String title() {
    return "%s %s, step %s".formatted(plugin, version, step);
  }
}
