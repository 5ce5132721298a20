package dev.banger.hooks;

import dev.banger.api.Progress;
import dev.banger.api.VmView;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * Runs the steps of plugins so that nothing they made is ever forgotten. The contract is in
 * docs/hooks.md.
 *
 * <p>Thread-safe. The caller holds the VM's lock around everything it does with a {@link Passage}.
 */
public final class HookEngine {
  private final Journal journal;
  private final Participants participants;
  private final HookWatcher watcher;
  private final InstantSource clock;

  public HookEngine(
      Journal journal, Participants participants, HookWatcher watcher, InstantSource clock) {
    this.journal = Objects.requireNonNull(journal);
    this.participants = Objects.requireNonNull(participants);
    this.watcher = Objects.requireNonNull(watcher);
    this.clock = Objects.requireNonNull(clock);
  }

  /**
   * One operation on one VM. The versions of plugins it uses are those of now, for all its phases.
   *
   * @param operation for example {@code op-42}
   */
  public Passage begin(VmView vm, String operation, Progress progress) {
    return new Passage(
        new Operation(
            journal, participants.hold(), watcher, clock, StoredVm.of(vm), operation, progress));
  }

  /** What is open of a VM, in the order in which it was begun. */
  public List<JournalRow> open(String vmId) {
    return journal.open(vmId);
  }
}
