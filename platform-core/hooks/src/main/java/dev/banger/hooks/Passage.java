package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.Phase;
import java.util.List;

/**
 * The steps of one operation on one VM. Not thread-safe, except that {@link #start} of the phase
 * HOST may run beside nothing else.
 */
public final class Passage implements AutoCloseable {
  private final Operation operation;
  private final Stopper stopper;
  private final Starter starter;
  private final Recovery recovery;
  private final Asking asking;

  Passage(Operation operation) {
    this.operation = operation;
    Caller caller = new Caller(operation);
    this.stopper = new Stopper(operation, caller);
    this.starter = new Starter(operation, caller, stopper);
    this.recovery = new Recovery(operation, caller, stopper, starter);
    this.asking = new Asking(operation, caller);
  }

  /**
   * What plugins have against the VM being started, each sentence naming its plugin. A validator
   * that fails or hangs is a problem too.
   */
  public List<String> problems() throws InterruptedException {
    return asking.problems();
  }

  /**
   * What plugins add to the start; the endpoints are noted in the journal.
   *
   * @throws CapabilityException naming the plugin that failed or gave something unfit, or both
   *     plugins that want the same
   */
  public Contributions contributions() throws InterruptedException {
    return asking.contributions();
  }

  /**
   * Starts the steps of a phase, in order. What is open from before, of these steps, of this phase
   * or of a later one, is stopped first.
   *
   * @throws CapabilityException when a REQUIRED step failed, with a message that names it, how long
   *     it took and why; nothing is undone yet: call {@link #stop} for this phase and those before
   * @throws InterruptedException when the operation was cancelled; undo likewise
   */
  public void start(Phase phase) throws InterruptedException {
    starter.start(phase);
  }

  /**
   * Stops what is open of a phase, the last first, the failed and the interrupted included; a step
   * never before one that comes after it. What a plugin does wrong never ends it early.
   */
  public StopReport stop(Phase phase) throws InterruptedException {
    return stopper.stop(row -> row.phase() == phase, Stopper.Closing.FORGET);
  }

  /**
   * After a restart of the daemon or for a repair, with the VM running: looks at every open step.
   * Present and unknown ones are adopted; gone, drifted, interrupted and failed ones, and those
   * that come after one of them, are stopped and started again. One that cannot be brought back
   * leaves the VM running and degraded.
   *
   * @return one line for each step that was not simply adopted
   */
  public List<String> recover() throws InterruptedException {
    return recovery.run();
  }

  /** The VM is deleted: tells plugins, and drops its endpoints. Returns what went wrong. */
  public List<String> removed() throws InterruptedException {
    return asking.removed();
  }

  /** Lets go of the plugins. */
  @Override
  public void close() {
    operation.plugins().close();
  }
}
