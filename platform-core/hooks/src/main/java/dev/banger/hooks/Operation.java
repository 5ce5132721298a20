package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.Progress;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What the parts of a {@link Passage} share. */
record Operation(
    Journal journal,
    Participants.Held plugins,
    HookWatcher watcher,
    InstantSource clock,
    StoredVm vm,
    String name,
    Progress progress) {

  /** A call that is over, as history. */
  HookRun run(
      StepOf step, String action, Instant at, Duration took, String outcome, String message) {
    return new HookRun(
        name,
        vm.id(),
        vm.name(),
        step.plugin(),
        step.version(),
        step.name(),
        step.phase(),
        action,
        at,
        took,
        outcome,
        message);
  }

  /** What a call was for; {@code name} is empty when it was for no step. */
  record StepOf(String plugin, String version, String name, String phase) {
    static StepOf of(Participant plugin, String name, String phase) {
      return new StepOf(plugin.id(), plugin.version(), name, phase);
    }
  }

  /** Notes a call that changed no row. A gap in the history is no reason to fail. */
  void record(HookRun run) {
    try {
      journal.record(run);
    } catch (CapabilityException e) {
      System.getLogger(Operation.class.getName())
          .log(Level.WARNING, "the history of plugin calls has a gap", e);
    }
    tell(run);
  }

  /** For a call that the journal got together with the change of a row. */
  void tell(HookRun run) {
    try {
      watcher.ran(run);
    } catch (RuntimeException e) {
      System.getLogger(Operation.class.getName())
          .log(Level.WARNING, "a watcher of plugin calls failed", e);
    }
  }
}
