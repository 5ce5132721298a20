package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.Phase;
import dev.banger.api.Progress;
import java.time.InstantSource;
import java.util.List;

/**
 * The steps of one operation on one VM. Not thread-safe, except that {@link #start} of the phase
 * HOST may run beside nothing else.
 */
public final class Passage implements AutoCloseable {
  private final Participants.Held plugins;

  Passage(
      Journal journal,
      Participants.Held plugins,
      HookWatcher watcher,
      InstantSource clock,
      StoredVm vm,
      String operation,
      Progress progress) {
    this.plugins = plugins;
  }

  /**
   * What plugins have against the VM being started, each sentence naming its plugin. A validator
   * that fails or hangs is a problem too.
   */
  public List<String> problems() throws InterruptedException {
    return List.of();
  }

  /**
   * What plugins add to the start; the endpoints are noted in the journal.
   *
   * @throws CapabilityException naming the plugin that failed or gave something unfit, or both
   *     plugins that want the same
   */
  public Contributions contributions() throws InterruptedException {
    return Contributions.NONE;
  }

  /**
   * Starts the steps of a phase, in order. What is open of a step from before is stopped first.
   *
   * @throws CapabilityException when a REQUIRED step failed, with a message that names it, how long
   *     it took and why; nothing is undone yet: call {@link #stop} for this phase and those before
   * @throws InterruptedException when the operation was cancelled; undo likewise
   */
  public void start(Phase phase) throws InterruptedException {}

  /**
   * Stops what is open of a phase, the last first, the failed and the interrupted included. What a
   * plugin does wrong never ends it early.
   */
  public StopReport stop(Phase phase) throws InterruptedException {
    return StopReport.NOTHING;
  }

  /**
   * After a restart of the daemon or for a repair, with the VM running: looks at every open step.
   * Present and unknown ones are adopted; gone, drifted and interrupted ones are stopped and
   * started again. One that cannot be brought back leaves the VM running and degraded.
   *
   * @return one line for each step that was not simply adopted
   */
  public List<String> recover() throws InterruptedException {
    return List.of();
  }

  /** The VM is deleted: tells plugins, and drops its endpoints. Returns what went wrong. */
  public List<String> removed() throws InterruptedException {
    return List.of();
  }

  /** Lets go of the plugins. */
  @Override
  public void close() {
    plugins.close();
  }
}
