package dev.banger.core.vmm.qemu;

import java.nio.file.Path;
import java.time.Duration;

/**
 * @param qemuBin name on {@code PATH} or absolute path; empty for {@code qemu-system-x86_64}
 * @param accel which processor to use
 * @param probeDeadline how long a probe guest may take to boot under KVM
 * @param kvmDevice {@code /dev/kvm}
 * @param vsockDevice {@code /dev/vhost-vsock}; where it can be used, agents are reached by it
 */
public record QemuSettings(
    String qemuBin, AccelMode accel, Duration probeDeadline, Path kvmDevice, Path vsockDevice) {

  /** Where a real KVM needs a fraction of a second and a broken one for ever. */
  private static final Duration PROBE_DEADLINE = Duration.ofSeconds(5);

  /** Who insists on KVM would rather wait: nested in an emulated host it works, but slowly. */
  private static final Duration INSISTENT_PROBE_DEADLINE = Duration.ofSeconds(60);

  /** What the configuration says of acceleration. */
  public enum AccelMode {
    /** KVM where a probe guest boots under it, emulation elsewhere. */
    AUTO,
    /** KVM or an error. */
    KVM,
    /** Emulation. */
    TCG
  }

  public QemuSettings(String qemuBin, AccelMode accel) {
    this(
        qemuBin,
        accel,
        accel == AccelMode.KVM ? INSISTENT_PROBE_DEADLINE : PROBE_DEADLINE,
        Path.of("/dev/kvm"),
        VhostVsock.DEVICE);
  }

  String binary() {
    return qemuBin.isEmpty() ? "qemu-system-x86_64" : qemuBin;
  }
}
