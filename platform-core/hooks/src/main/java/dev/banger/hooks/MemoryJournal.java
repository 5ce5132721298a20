package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A journal that lasts as long as the process: for tests of plugins. Thread-safe. */
public final class MemoryJournal implements Journal {
  private static final int MAX_RUNS = 10_000;

  private final TreeMap<Long, JournalRow> rows = new TreeMap<>();
  private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
  private final List<HookRun> runs = new ArrayList<>();
  private long lastId;

  @Override
  public synchronized long begin(JournalRow row) {
    for (JournalRow other : open(row.vm().id())) {
      if (other.plugin().equals(row.plugin()) && other.step().equals(row.step())) {
        if (other.state().holds()) {
          throw new CapabilityException(
              FailureKind.INTERNAL,
              "%s of vm \"%s\" is begun and not stopped yet"
                  .formatted(other.title(), row.vm().name()));
        }
        rows.remove(other.id());
      }
    }
    lastId++;
    rows.put(lastId, Rows.withId(row, lastId));
    return lastId;
  }

  @Override
  public synchronized void intend(long id, String receiptJson) {
    change(id, row -> Rows.withReceipt(row, Optional.of(receiptJson)));
  }

  @Override
  public synchronized void settle(
      long id,
      JournalRow.State state,
      Optional<String> receiptJson,
      String note,
      String reason,
      Duration took,
      HookRun run) {
    change(
        id,
        row ->
            Rows.settled(
                Rows.withReceipt(row, receiptJson.or(row::receiptJson)),
                state,
                note,
                reason,
                took));
    record(run);
  }

  @Override
  public synchronized void stopFailed(long id, String reason, Instant retryAt, HookRun run) {
    change(id, row -> Rows.stopFailed(row, reason, retryAt));
    record(run);
  }

  @Override
  public synchronized void close(long id, Optional<HookRun> run) {
    rows.remove(id);
    run.ifPresent(this::record);
  }

  @Override
  public synchronized void record(HookRun run) {
    if (runs.size() == MAX_RUNS) {
      runs.removeFirst();
    }
    runs.add(run);
  }

  @Override
  public synchronized List<JournalRow> open(String vmId) {
    return rows.values().stream().filter(row -> row.vm().id().equals(vmId)).toList();
  }

  @Override
  public synchronized List<JournalRow> open() {
    return List.copyOf(rows.values());
  }

  @Override
  public synchronized void endpoints(String vmId, List<Endpoint> list) {
    if (list.isEmpty()) {
      endpoints.remove(vmId);
    } else {
      endpoints.put(vmId, List.copyOf(list));
    }
  }

  @Override
  public synchronized List<Endpoint> endpoints(String vmId) {
    return endpoints.getOrDefault(vmId, List.of());
  }

  @Override
  public synchronized Map<String, List<Endpoint>> endpoints() {
    return Map.copyOf(endpoints);
  }

  /** The history, oldest first, at most 10,000. */
  public synchronized List<HookRun> runs() {
    return List.copyOf(runs);
  }

  private void change(long id, UnaryOperator<JournalRow> how) {
    JournalRow row = rows.get(id);
    if (row == null) {
      throw new CapabilityException(FailureKind.HOST, "the journal has no row " + id);
    }
    rows.put(id, how.apply(row));
  }
}
