package dev.banger.testkit;

import dev.banger.hooks.HookRun;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A journal with a moment before and after each write that has to be durable. */
final class WatchedJournal implements Journal {
  private final Journal journal;
  private final Faults faults;

  WatchedJournal(Journal journal, Faults faults) {
    this.journal = journal;
    this.faults = faults;
  }

  private void write(String what, Runnable change) {
    faults.moment("before journal write " + what);
    change.run();
    faults.moment("after journal write " + what);
  }

  @Override
  public long begin(JournalRow row) {
    faults.moment("before journal write begin " + row.step());
    long id = journal.begin(row);
    faults.moment("after journal write begin " + row.step());
    return id;
  }

  @Override
  public void intend(long id, String receiptJson) {
    write("intend", () -> journal.intend(id, receiptJson));
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
    write(state.wireName(), () -> journal.settle(id, state, receiptJson, note, reason, took, run));
  }

  @Override
  public void stopFailed(long id, String reason, Instant retryAt, HookRun run) {
    write("stop-failed", () -> journal.stopFailed(id, reason, retryAt, run));
  }

  @Override
  public void close(long id, Optional<HookRun> run) {
    write("close", () -> journal.close(id, run));
  }

  @Override
  public void record(HookRun run) {
    faults.alive();
    journal.record(run);
  }

  @Override
  public List<JournalRow> open(String vmId) {
    faults.alive();
    return journal.open(vmId);
  }

  @Override
  public List<JournalRow> open() {
    faults.alive();
    return journal.open();
  }

  @Override
  public void endpoints(String vmId, List<Endpoint> endpoints) {
    write("endpoints", () -> journal.endpoints(vmId, endpoints));
  }

  @Override
  public List<Endpoint> endpoints(String vmId) {
    faults.alive();
    return journal.endpoints(vmId);
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    faults.alive();
    return journal.endpoints();
  }
}
