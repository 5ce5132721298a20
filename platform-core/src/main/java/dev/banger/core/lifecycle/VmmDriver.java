package dev.banger.core.lifecycle;

import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Turns a {@link LaunchPlan} into a running process and back into {@link VmHandles}.
 *
 * <p>Calls for one VM come one at a time, under that VM's lock; calls for different VMs come in
 * parallel. Every call ends within its deadline, whatever the VMM does. Failures are {@link
 * dev.banger.core.model.BangerException}s.
 */
public interface VmmDriver {
  /** For example {@code qemu}. */
  String name();

  /**
   * Whether this host can run it, and how. May probe for some seconds the first time, then cached.
   */
  DriverStatus status();

  /**
   * Does what a launch needs that takes so long that a person wants to know of it, and reports it
   * as stages. Often nothing. Acquires nothing that would have to be undone.
   */
  default void prepare(LaunchPlan plan, Duration deadline, Progress progress) {}

  /**
   * Starts the VMM in a session of its own, so that it outlives the daemon, and returns once its
   * control socket answers. On failure nothing of it is left running.
   */
  VmHandles launch(LaunchPlan plan, Duration deadline);

  /**
   * Looks at the host: the VMM of this VM if it is alive and provably ours, else empty. {@code
   * hint} is what was last known and may be stale, wrong or absent.
   */
  Optional<VmHandles> observe(VmPaths paths, Optional<VmHandles> hint);

  /** Completes when the VMM is gone, with what is known of why. Never completes exceptionally. */
  CompletableFuture<VmmExit> onExit(VmPaths paths, VmHandles handles);

  /** Presses the power button. Returning says only that the VMM took the request. */
  void powerButton(VmPaths paths, VmHandles handles, Duration deadline);

  /**
   * Kills the VMM and waits until it is seen dead. Succeeds when it is already gone. Never signals
   * a process that is not provably this VM's.
   */
  void kill(VmPaths paths, VmHandles handles, Duration deadline);

  /** Removes the sockets and pid file of a VMM that is dead. May be repeated. */
  void removeLeftovers(VmPaths paths);

  /**
   * @param usable whether VMs can be started with it here
   * @param accel {@code kvm} or {@code tcg}; empty when not usable
   * @param version of the VMM; empty when unknown
   * @param reason one sentence: why it is not usable, or why it is slow; may be empty
   * @param remedy what to do about it; may be empty
   */
  record DriverStatus(
      String name, boolean usable, String accel, String version, String reason, String remedy) {}

  /**
   * @param meaning a sentence, for example {@code the guest powered off} or {@code killed by signal
   *     9}
   * @param orderly the guest or the daemon asked for it
   */
  record VmmExit(boolean orderly, String meaning) {}
}
