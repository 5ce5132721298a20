package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers what steps were begun. Every method that writes is durable (survives a power cut) when
 * it returns. Thread-safe. Failures are {@link CapabilityException}s of kind HOST.
 *
 * <p>A {@link HookRun} handed over with a change is history and is stored in the same transaction.
 */
public interface Journal {
  /**
   * Notes that a step is about to be started. A row of the same VM, plugin and step that
   * {@linkplain JournalRow.State#holds holds nothing} is replaced; one that does is a defect of the
   * caller.
   *
   * @param row its id is not used
   * @return the new id
   */
  long begin(JournalRow row);

  /** Replaces the receipt. */
  void intend(long id, String receiptJson);

  /**
   * Notes how a start ended: {@code STARTED}, {@code SKIPPED} or {@code FAILED}.
   *
   * @param receiptJson replaces the receipt when present
   */
  void settle(
      long id,
      JournalRow.State state,
      Optional<String> receiptJson,
      String note,
      String reason,
      Duration took,
      HookRun run);

  /** Notes that a stop failed; the state becomes {@code STOP_FAILED}, the attempts one more. */
  void stopFailed(long id, String reason, Instant retryAt, HookRun run);

  /** Forgets the step: nothing of it is left. */
  void close(long id, Optional<HookRun> run);

  /** Adds to the history alone. Need not be durable at once. */
  void record(HookRun run);

  /** What is open of one VM, in ascending order. */
  List<JournalRow> open(String vmId);

  /** What is open of all VMs, in ascending order. */
  List<JournalRow> open();

  /** Replaces the endpoints shown for a VM; an empty list removes them. */
  void endpoints(String vmId, List<Endpoint> endpoints);

  List<Endpoint> endpoints(String vmId);

  /** The same for all VMs that have any, by id. */
  Map<String, List<Endpoint>> endpoints();

  /** Where something of a VM is to be reached. */
  record Endpoint(String plugin, String name, String uri) {}
}
