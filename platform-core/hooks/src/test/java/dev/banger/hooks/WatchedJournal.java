package dev.banger.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A journal with something that runs before each write. */
record WatchedJournal(Journal journal, Runnable beforeIntend, Runnable beforeWrite)
    implements Journal {

  @Override
  public long begin(JournalRow row) {
    beforeWrite.run();
    return journal.begin(row);
  }

  @Override
  public void intend(long id, String receiptJson) {
    beforeIntend.run();
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
    beforeWrite.run();
    journal.settle(id, state, receiptJson, note, reason, took, run);
  }

  @Override
  public void stopFailed(long id, String reason, Instant retryAt, HookRun run) {
    beforeWrite.run();
    journal.stopFailed(id, reason, retryAt, run);
  }

  @Override
  public void close(long id, Optional<HookRun> run) {
    beforeWrite.run();
    journal.close(id, run);
  }

  @Override
  public void record(HookRun run) {
    beforeWrite.run();
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
    beforeWrite.run();
    journal.endpoints(vmId, endpoints);
  }

  @Override
  public List<Endpoint> endpoints(String vmId) {
    return journal.endpoints(vmId);
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    return journal.endpoints();
  }
}
