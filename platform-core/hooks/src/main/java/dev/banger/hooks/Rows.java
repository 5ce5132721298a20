package dev.banger.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Changed copies of journal rows. */
final class Rows {
  private Rows() {}

  static JournalRow withId(JournalRow row, long id) {
    return copy(
        row,
        id,
        row.state(),
        row.receiptJson(),
        row.note(),
        row.reason(),
        row.attempts(),
        row.retryAt(),
        row.took());
  }

  static JournalRow withReceipt(JournalRow row, Optional<String> receiptJson) {
    return copy(
        row,
        row.id(),
        row.state(),
        receiptJson,
        row.note(),
        row.reason(),
        row.attempts(),
        row.retryAt(),
        row.took());
  }

  static JournalRow settled(
      JournalRow row, JournalRow.State state, String note, String reason, Duration took) {
    return copy(row, row.id(), state, row.receiptJson(), note, reason, 0, Optional.empty(), took);
  }

  static JournalRow stopFailed(JournalRow row, String reason, Instant retryAt) {
    return copy(
        row,
        row.id(),
        JournalRow.State.STOP_FAILED,
        row.receiptJson(),
        row.note(),
        reason,
        row.attempts() + 1,
        Optional.of(retryAt),
        row.took());
  }

  private static JournalRow copy(
      JournalRow row,
      long id,
      JournalRow.State state,
      Optional<String> receiptJson,
      String note,
      String reason,
      int attempts,
      Optional<Instant> retryAt,
      Duration took) {
    return new JournalRow(
        id,
        row.vm(),
        row.plugin(),
        row.version(),
        row.digest(),
        row.step(),
        row.phase(),
        row.policy(),
        row.after(),
        state,
        row.receiptVersion(),
        receiptJson,
        row.operation(),
        note,
        reason,
        attempts,
        retryAt,
        row.startedAt(),
        took);
  }
}
