package dev.banger.api;

import java.time.Duration;
import java.util.List;

/** Reading about VMs. Needs {@link Permission#VM_READ}, where nothing else is said. */
public interface VmAccess {
  /**
   * @param ref a name, an id, or a unique prefix of an id
   * @throws CapabilityException of kind {@code NOT_FOUND} or {@code AMBIGUOUS}
   */
  VmView resolve(String ref);

  /** All VMs, in no particular order. */
  List<VmView> vms();

  /** Whether its VMM runs right now. */
  boolean isAlive(VmView vm);

  /**
   * How a running VM is used. Asks every plugin that may know, which takes up to 2 s at worst.
   *
   * @param window over which the load of its CPUs is told
   * @throws CapabilityException of kind {@code ILLEGAL_STATE} when it does not run
   */
  @Incubating
  default VmUsage usage(VmView vm, Duration window) throws InterruptedException {
    throw new CapabilityException(
        FailureKind.UNAVAILABLE, "the host does not know how VMs are used");
  }

  /**
   * Runs {@code body} while nobody starts, stops or deletes the VM. Needs {@link
   * Permission#VM_LOCK}. Re-entrant for the VM whose lock is held already, as in its steps; refused
   * ({@code ILLEGAL_STATE}) for another VM then, and inside {@link Locking#withLock}: the order is
   * VM first, then key, and one VM at a time.
   *
   * @param deadline how long to wait for the turn; past it, {@code CONFLICT} is thrown and the body
   *     does not run
   */
  <T> T withVmLock(VmView vm, Duration deadline, Locking.LockedBody<T> body) throws Exception;
}
