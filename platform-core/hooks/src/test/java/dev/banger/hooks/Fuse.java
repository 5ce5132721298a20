package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The end of a daemon at a chosen point: from then on nothing it does has any effect. */
final class Fuse {
  private final int length;
  private int burnt;

  Fuse(int length) {
    this.length = length;
  }

  static Fuse endless() {
    return new Fuse(Integer.MAX_VALUE);
  }

  /** What a dead daemon does. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** A point at which the daemon may die; whether it is alive. */
  synchronized boolean alive() {
    if (burnt < length) {
      burnt++;
      return true;
    }
    return false;
  }

  synchronized int points() {
    return burnt;
  }

  /** In a plugin. */
  void burn() {
    if (!alive()) {
      throw new CapabilityException(FailureKind.HOST, "killed");
    }
  }

  private void burnCore() {
    if (!alive()) {
      throw new Killed();
    }
  }

  /** The same journal, with a point before each write. */
  Journal in(Journal journal) {
    return new Journal() {
      @Override
      public long begin(JournalRow row) {
        burnCore();
        return journal.begin(row);
      }

      @Override
      public void intend(long id, String receiptJson) {
        burn();
        journal.intend(id, receiptJson);
      }

      @Override
      public void settle(
          long id,
          JournalRow.State state,
          Optional<String> receiptJson,
          String note,
          String reason,
          Duration took,
          HookRun run) {
        burnCore();
        journal.settle(id, state, receiptJson, note, reason, took, run);
      }

      @Override
      public void stopFailed(long id, String reason, Instant retryAt, HookRun run) {
        burnCore();
        journal.stopFailed(id, reason, retryAt, run);
      }

      @Override
      public void close(long id, Optional<HookRun> run) {
        burnCore();
        journal.close(id, run);
      }

      @Override
      public void record(HookRun run) {
        burnCore();
        journal.record(run);
      }

      @Override
      public List<JournalRow> open(String vmId) {
        return journal.open(vmId);
      }

      @Override
      public List<JournalRow> open() {
        return journal.open();
      }

      @Override
      public void endpoints(String vmId, List<Endpoint> endpoints) {
        burnCore();
        journal.endpoints(vmId, endpoints);
      }

      @Override
      public List<Endpoint> endpoints(String vmId) {
        return journal.endpoints(vmId);
      }
    };
  }
}
