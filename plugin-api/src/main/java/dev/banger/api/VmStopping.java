package dev.banger.api;

import java.time.Duration;

/**
 * Stopping VMs. Needs {@link Permission#VM_STOP}. A stop is an ordinary operation of the daemon,
 * with the grace that is configured; its reason is in the operation and in the daemon's log.
 *
 * <p>Errors: {@code NOT_FOUND} when there is no such VM any more, {@code TIMEOUT} when its turn
 * does not come within the call's deadline.
 */
@Incubating
public interface VmStopping {
  /**
   * Begins to stop a VM and returns at once, also when it is down already.
   *
   * @param reason one sentence for people, without the plugin's name; cut at 1000 letters
   */
  default void stop(VmView vm, String reason) throws InterruptedException {
    throw new CapabilityException(FailureKind.UNAVAILABLE, "the host cannot stop VMs");
  }

  /**
   * Begins to stop a VM unless it is used, or was meanwhile, or does not run, or is paused. That is
   * decided while nobody else starts, stops or changes it, so that what was used a moment ago is
   * never stopped.
   *
   * @param unused for how long it must not have been used, as {@link VmUsage#unusedFor} has it
   * @param reason as of {@link #stop}
   * @return whether it is being stopped; false leaves it as it is
   */
  default boolean stopUnused(VmView vm, Duration unused, String reason)
      throws InterruptedException {
    throw new CapabilityException(FailureKind.UNAVAILABLE, "the host cannot stop VMs");
  }
}
