package dev.banger.api;

import java.util.Map;
import java.util.Optional;

/**
 * Something a plugin does when a VM starts and takes back when it stops. docs/hooks.md is the whole
 * contract; in short:
 *
 * <ul>
 *   <li>The core journals a step before {@link #start}. The step calls {@link StepContext#intend}
 *       with what it is about to make <em>before</em> it makes it, so that after a crash at any
 *       instant the receipt says what may be there.
 *   <li>{@link #stop} is called once or many times: after a start that went well, one that failed,
 *       one that was cut off, or none at all. It succeeds when there is nothing to do.
 *   <li>Calls for one VM come one at a time, under the VM's lock; for different VMs in parallel. A
 *       step keeps what belongs to a VM in its receipt, not in fields.
 *   <li>Every call has a deadline. Past it the thread is interrupted, and 1 s later the host
 *       answers it no more.
 * </ul>
 *
 * @param <R> the receipt: what {@link #stop} needs to take back what {@link #start} made. A plain
 *     record (see the package), at most 64 KiB as JSON. No secrets: it is stored
 */
public interface LifecycleStep<R extends Record> {
  /**
   * Does it. Called at every start of every VM. What it throws is its failure; a {@link
   * CapabilityException} is told to the user as it stands.
   */
  Started<R> start(StepContext<R> context) throws Exception;

  /**
   * Takes it back. Never assumes that the guest, the network device or a file still exists.
   *
   * @param receipt what was returned or last intended; empty when there was neither
   */
  Stopped stop(StepContext<R> context, Optional<R> receipt) throws Exception;

  /**
   * Looks whether it is still there, and changes nothing. Called for a running VM after the daemon
   * was restarted and by {@code vm repair}. For {@code Gone} and {@code Drifted} the core calls
   * {@link #stop} and then {@link #start}.
   */
  default Observed<R> observe(StepContext<R> context, Optional<R> receipt) throws Exception {
    return new Observed.Unknown<>();
  }

  /**
   * Reads a receipt of an earlier {@link StepSpec#receiptVersion}. Pure.
   *
   * @param version what it was written with, lower than now
   * @param fields as JSON has them: strings, longs, doubles, booleans, null, lists and maps
   */
  default R upgrade(int version, Map<String, Object> fields) {
    throw new UnsupportedOperationException(
        "receipts of version " + version + " cannot be read any more");
  }
}
