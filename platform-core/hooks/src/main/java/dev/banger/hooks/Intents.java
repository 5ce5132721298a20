package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;

/** Lets a step replace its receipt, as long as its start lasts. Thread-safe. */
final class Intents {
  private final Journal journal;
  private final long row;
  private final String step;
  private boolean open = true;
  private boolean any;

  Intents(Journal journal, long row, String step) {
    this.journal = journal;
    this.row = row;
    this.step = step;
  }

  /** Durable when it returns. Never at the same time as, or after, {@link #close}. */
  synchronized void intend(String receiptJson) {
    if (!open) {
      throw refused(step);
    }
    any = true;
    journal.intend(row, receiptJson);
  }

  static CapabilityException refused(String step) {
    return new CapabilityException(
        FailureKind.ILLEGAL_STATE,
        "intend was called outside of start of step %s, or after it was over".formatted(step));
  }

  /** From now on the journal is the engine's alone. */
  synchronized void close() {
    open = false;
  }

  /** Whether the step said that it makes something. */
  synchronized boolean any() {
    return any;
  }
}
