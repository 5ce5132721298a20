package dev.banger.core.vmm.firecracker;

import java.nio.file.Path;
import java.time.Duration;

/**
 * @param firecrackerBin name on {@code PATH} or absolute path; empty for {@code firecracker}
 * @param kvmDevice {@code /dev/kvm}
 * @param probeDeadline how long a probe guest may take to boot under KVM
 * @param proof what it takes to believe that KVM works
 * @param networkDevices where the host lists its network devices: {@code /sys/class/net}
 * @param bridge the bridge that VMs' devices must be ports of; empty for any
 */
public record FirecrackerSettings(
    String firecrackerBin,
    Path kvmDevice,
    Duration probeDeadline,
    Proof proof,
    Path networkDevices,
    String bridge) {

  /** Where a real KVM needs a fraction of a second and a broken one for ever. */
  private static final Duration PROBE_DEADLINE = Duration.ofSeconds(5);

  /** What it takes to believe that KVM works. */
  enum Proof {
    /** That a guest has booted under it. */
    BOOT,
    /** That the device can be opened. */
    ACCESS,
    /** Nothing. */
    NONE
  }

  public FirecrackerSettings(String firecrackerBin, Path kvmDevice) {
    this(firecrackerBin, kvmDevice, PROBE_DEADLINE, Proof.BOOT, Path.of("/sys/class/net"), "");
  }

  public FirecrackerSettings withBridge(String name) {
    return new FirecrackerSettings(
        firecrackerBin, kvmDevice, probeDeadline, proof, networkDevices, name);
  }

  FirecrackerSettings withProof(Proof other) {
    return new FirecrackerSettings(
        firecrackerBin, kvmDevice, probeDeadline, other, networkDevices, bridge);
  }

  FirecrackerSettings withNetworkDevices(Path dir) {
    return new FirecrackerSettings(firecrackerBin, kvmDevice, probeDeadline, proof, dir, bridge);
  }

  String binary() {
    return firecrackerBin.isEmpty() ? "firecracker" : firecrackerBin;
  }
}
