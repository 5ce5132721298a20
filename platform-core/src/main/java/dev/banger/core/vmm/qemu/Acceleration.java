package dev.banger.core.vmm.qemu;

import dev.banger.core.host.TscFrequency;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.KvmProbe;
import dev.banger.core.vmm.KvmVerdict;
import dev.banger.core.vmm.qemu.QemuSettings.AccelMode;
import java.nio.file.Path;
import java.time.Duration;

/** KVM or emulation, from what was configured and what the host can do. */
final class Acceleration {
  private static final String STAGE = "probe_kvm";
  private static final String SLOWER = "; using emulation, about 10 times slower";
  private static final String BROKEN_REMEDY =
      "boot a host with hardware virtualization, or inside a virtual machine one whose host offers"
          + " complete nesting; banger works without";

  private final AccelMode mode;
  private final KvmProbe probe;
  private final Path device;

  Acceleration(QemuSettings settings, KvmProbe probe) {
    this.mode = settings.accel();
    this.device = settings.kvmDevice();
    this.probe = probe;
  }

  /** Probes if a launch with this kernel would have to, and tells of it: stage probe_kvm. */
  void prepare(QemuInstallation.Found qemu, Path kernel, Duration limit, Progress progress)
      throws InterruptedException {
    if (mode == AccelMode.TCG
        || !(probe.access() instanceof KvmProbe.Access.Usable)
        || probe.isKnown(qemu.version(), kernel)) {
      return;
    }
    progress.stage(STAGE, "started", "");
    KvmVerdict verdict;
    try {
      verdict = probe.probe(qemu.binary(), qemu.version(), kernel, limit);
    } catch (BangerException e) {
      progress.stage(STAGE, "failed", e.getMessage());
      throw e;
    }
    progress.stage(STAGE, "done", verdict.works() ? "works" : broken(verdict));
  }

  /**
   * For a launch: probes if need be.
   *
   * @throws BangerException of kind UNAVAILABLE when KVM is demanded and does not work
   */
  Accelerator choose(QemuInstallation.Found qemu, Path kernel, Duration limit)
      throws InterruptedException {
    if (mode == AccelMode.TCG) {
      return emulation();
    }
    return switch (probe.access()) {
      case KvmProbe.Access.Refused(var reason, var remedy) -> fallBack(reason, remedy);
      case KvmProbe.Access.Usable() -> {
        KvmVerdict verdict = probe.probe(qemu.binary(), qemu.version(), kernel, limit);
        yield verdict.works()
            ? new Accelerator.Kvm(verdict.cpuModel())
            : fallBack(broken(verdict), BROKEN_REMEDY);
      }
    };
  }

  /** What can be said at once. */
  DriverStatus status(QemuInstallation.Found qemu) {
    if (mode == AccelMode.TCG) {
      return usable(qemu, "tcg", "emulation is configured (accel = \"tcg\")", "");
    }
    return switch (probe.access()) {
      case KvmProbe.Access.Refused(var reason, var remedy) -> without(qemu, reason, remedy);
      case KvmProbe.Access.Usable() ->
          probe
              .known(qemu.version())
              .map(verdict -> judged(qemu, verdict))
              .orElseGet(() -> unknown(qemu));
    };
  }

  private DriverStatus judged(QemuInstallation.Found qemu, KvmVerdict verdict) {
    return verdict.works()
        ? usable(qemu, "kvm", "", "")
        : without(qemu, broken(verdict), BROKEN_REMEDY);
  }

  private DriverStatus unknown(QemuInstallation.Found qemu) {
    return usable(
        qemu,
        mode == AccelMode.KVM ? "kvm" : "tcg",
        device + " is not probed yet; the first start does it",
        "start a VM once, then ask again: banger vm create");
  }

  private DriverStatus without(QemuInstallation.Found qemu, String reason, String remedy) {
    return mode == AccelMode.KVM
        ? new DriverStatus(
            QemuDriver.NAME,
            false,
            "",
            qemu.version(),
            reason + ", and accel = \"kvm\" is configured",
            remedy.isEmpty() ? "set accel = \"auto\"" : remedy + "; or set accel = \"auto\"")
        : usable(qemu, "tcg", reason + SLOWER, remedy);
  }

  private Accelerator fallBack(String reason, String remedy) {
    if (mode == AccelMode.KVM) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          reason + ", and accel = \"kvm\" is configured",
          "set accel = \"auto\" to allow emulation; or " + remedy);
    }
    return emulation();
  }

  private String broken(KvmVerdict verdict) {
    return "%s is there but %s".formatted(device, verdict.problem());
  }

  private static Accelerator emulation() {
    return new Accelerator.Tcg(TscFrequency.khz());
  }

  private static DriverStatus usable(
      QemuInstallation.Found qemu, String accel, String reason, String remedy) {
    return new DriverStatus(QemuDriver.NAME, true, accel, qemu.version(), reason, remedy);
  }
}
