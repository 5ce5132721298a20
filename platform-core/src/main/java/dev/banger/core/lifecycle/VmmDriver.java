package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

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
   * Like {@link #status}, for somebody who wants this driver and no other: where that is being
   * tried out, waits for the verdict.
   */
  default DriverStatus settledStatus() {
    return status();
  }

  /** What it can do, whether it is usable here or not. Costs nothing. */
  Capabilities capabilities();

  /**
   * By what a VM that is started now reaches the host: {@code vsock}; empty when not worth a word.
   */
  default String agentLink() {
    return "";
  }

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

  /**
   * Of these VMs, those of which a VMM may be alive: one look at the host for all of them. Naming
   * one too many costs a closer look at it, one too few leaves something behind.
   */
  default Set<VmId> traces(List<VmPaths> vms) {
    return vms.stream().map(VmPaths::id).collect(Collectors.toSet());
  }

  /** Completes when the VMM is gone, with what is known of why. Never completes exceptionally. */
  CompletableFuture<VmmExit> onExit(VmPaths paths, VmHandles handles);

  /** Presses the power button. Returning says only that the VMM took the request. */
  void powerButton(VmPaths paths, VmHandles handles, Duration deadline);

  /**
   * Kills the VMM and waits until it is seen dead. Succeeds when it is already gone. Never signals
   * a process that is not provably this VM's.
   */
  void kill(VmPaths paths, VmHandles handles, Duration deadline);

  /**
   * One try to reach the guest agent: a stream of bytes that begins with the agent's first. That it
   * could be opened says nothing of the agent yet.
   *
   * @throws IOException when nobody is there, or not yet; the caller tries again
   */
  SocketChannel openAgent(VmPaths paths, VmHandles handles, Duration deadline)
      throws IOException, InterruptedException;

  /**
   * Stops the guest's processors; its memory and disks stay as they are. Succeeds when they stand
   * still already.
   *
   * @throws dev.banger.core.model.BangerException of kind UNAVAILABLE when this VMM cannot, or when
   *     its guests do not survive it
   */
  default void pause(VmPaths paths, VmHandles handles, Duration deadline) {
    throw new BangerException(
        ErrorKind.UNAVAILABLE, "the driver \"%s\" cannot pause VMs".formatted(name()));
  }

  /** Lets them run again. Succeeds when they do. */
  default void resume(VmPaths paths, VmHandles handles, Duration deadline) {
    throw new BangerException(
        ErrorKind.UNAVAILABLE, "the driver \"%s\" cannot resume VMs".formatted(name()));
  }

  /** Whether its processors stand still because somebody paused it; false when that is unknown. */
  default boolean isPaused(VmPaths paths, VmHandles handles, Duration deadline) {
    return false;
  }

  /**
   * What the guest has moved through its devices since it was started; empty when unknown. Comes at
   * any time, beside other calls, from somebody who does not want to wait.
   */
  default Optional<Counters> counters(VmPaths paths, VmHandles handles) {
    return Optional.empty();
  }

  /**
   * Forgets what it has measured of this host, so that the next start measures anew. Nothing that
   * runs is affected.
   *
   * @return whether there was anything to forget
   */
  default boolean forgetVerdict() {
    return false;
  }

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
   * @param diskFormats formats of disks that it can give to a guest
   * @param userNetwork whether guests can be on a network without a TAP device
   */
  record Capabilities(Set<LaunchPlan.Disk.Format> diskFormats, boolean userNetwork) {
    public Capabilities {
      diskFormats = Set.copyOf(diskFormats);
    }
  }

  /** Bytes, from the guest's point of view; less than 0 where this VMM does not count them. */
  record Counters(long diskRead, long diskWritten, long netReceived, long netSent) {}

  /**
   * @param meaning a sentence, for example {@code the guest powered off} or {@code killed by signal
   *     9}
   * @param orderly the guest or the daemon asked for it
   */
  record VmmExit(boolean orderly, String meaning) {}
}
