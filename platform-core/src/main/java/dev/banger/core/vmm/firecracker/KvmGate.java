package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.Deadline;
import dev.banger.core.vmm.KvmProbe;
import dev.banger.core.vmm.KvmVerdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether Firecracker can run guests here: it does it with KVM or not at all. */
final class KvmGate {
  private static final String STAGE = "probe_kvm";

  /** For a status: somebody waits for it. */
  static final Duration STATUS_LIMIT = Duration.ofSeconds(8);

  /** Longer than unpacking a kernel and two tries of the probe take where KVM does not work. */
  static final Duration VERDICT_LIMIT = Duration.ofSeconds(60);

  private static final String REMEDY =
      "boot a host with hardware virtualization, or inside a virtual machine one whose host offers"
          + " complete nesting; the driver qemu works without";

  private final FirecrackerSettings settings;
  private final KvmProbe probe;
  private final ElfKernels kernels;
  private final Supplier<Optional<Path>> anyKernel;

  /**
   * @param anyKernel a kernel to prove it with when none has been started yet
   */
  KvmGate(
      FirecrackerSettings settings,
      KvmProbe probe,
      ElfKernels kernels,
      Supplier<Optional<Path>> anyKernel) {
    this.settings = settings;
    this.probe = probe;
    this.kernels = kernels;
    this.anyKernel = anyKernel;
  }

  /** Probes if a launch with this kernel would have to, and tells of it. */
  void prepare(
      FirecrackerInstallation.Found firecracker, Path elf, Duration limit, Progress progress)
      throws InterruptedException {
    if (settings.proof() != FirecrackerSettings.Proof.BOOT
        || !(probe.access() instanceof KvmProbe.Access.Usable)
        || probe.isKnown(firecracker.versionText(), elf)) {
      return;
    }
    progress.stage(STAGE, "started", "");
    KvmVerdict verdict;
    try {
      verdict = probe.probe(firecracker.binary(), firecracker.versionText(), elf, limit);
    } catch (BangerException e) {
      progress.stage(STAGE, "failed", e.getMessage());
      throw e;
    }
    progress.stage(STAGE, "done", verdict.works() ? "works" : broken(verdict));
  }

  /**
   * For a launch: probes if need be.
   *
   * @throws BangerException of kind UNAVAILABLE when KVM does not work
   */
  void require(FirecrackerInstallation.Found firecracker, Path elf, Duration limit)
      throws InterruptedException {
    if (settings.proof() == FirecrackerSettings.Proof.NONE) {
      return;
    }
    if (probe.access() instanceof KvmProbe.Access.Refused(var reason, var remedy)) {
      throw new BangerException(ErrorKind.UNAVAILABLE, "Firecracker: " + reason, remedy);
    }
    if (settings.proof() == FirecrackerSettings.Proof.BOOT) {
      KvmVerdict verdict = probe.probe(firecracker.binary(), firecracker.versionText(), elf, limit);
      if (!verdict.works()) {
        throw new BangerException(ErrorKind.UNAVAILABLE, "Firecracker: " + broken(verdict), REMEDY);
      }
    }
  }

  /** May probe, when nothing is known yet and there is a kernel to do it with. */
  DriverStatus status(FirecrackerInstallation.Found firecracker, Duration limit) {
    if (settings.proof() == FirecrackerSettings.Proof.NONE) {
      return usable(firecracker);
    }
    if (probe.access() instanceof KvmProbe.Access.Refused(var reason, var remedy)) {
      return unusable(firecracker, reason, remedy);
    }
    if (settings.proof() == FirecrackerSettings.Proof.ACCESS) {
      return usable(firecracker);
    }
    return probe
        .known(firecracker.versionText())
        .map(verdict -> judged(firecracker, verdict))
        .orElseGet(() -> tried(firecracker, limit));
  }

  /**
   * Nothing is known yet. A driver that promises what it cannot keep would be chosen before one
   * that can, so only a guest that booted counts; without any kernel there is no VM to choose for.
   */
  private DriverStatus tried(FirecrackerInstallation.Found firecracker, Duration limit) {
    Deadline end = Deadline.in(limit);
    try {
      Optional<Path> kernel = anyKernel.get();
      if (kernel.isEmpty()) {
        return usable(
            firecracker,
            settings.kvmDevice() + " is not probed yet; the first start does it",
            "start a VM once, then ask again: banger vm create");
      }
      Path elf = kernels.elf(kernel.get(), end.left());
      return judged(
          firecracker,
          probe.probe(firecracker.binary(), firecracker.versionText(), elf, end.left()));
    } catch (BangerException e) {
      return e.kind() == ErrorKind.TIMEOUT
          ? unusable(
              firecracker,
              "whether %s works is still being tried".formatted(settings.kvmDevice()),
              "ask again in half a minute")
          : unusable(firecracker, e.getMessage(), e.hint());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unusable(firecracker, "the probe of KVM was interrupted", "ask again");
    }
  }

  private DriverStatus judged(FirecrackerInstallation.Found firecracker, KvmVerdict verdict) {
    return verdict.works() ? usable(firecracker) : unusable(firecracker, broken(verdict), REMEDY);
  }

  private String broken(KvmVerdict verdict) {
    return "%s is there but %s".formatted(settings.kvmDevice(), verdict.problem());
  }

  private static DriverStatus usable(FirecrackerInstallation.Found firecracker) {
    return firecracker.version().filter(version -> !version.survivesPause()).isPresent()
        ? usable(
            firecracker,
            "this release cannot pause VMs: they could not be reached afterwards",
            "take Firecracker 1.15.1, or one later than 1.16.1")
        : usable(firecracker, "", "");
  }

  private static DriverStatus usable(
      FirecrackerInstallation.Found firecracker, String reason, String remedy) {
    return new DriverStatus(
        FirecrackerDriver.NAME, true, "kvm", firecracker.versionText(), reason, remedy);
  }

  private static DriverStatus unusable(
      FirecrackerInstallation.Found firecracker, String reason, String remedy) {
    return new DriverStatus(
        FirecrackerDriver.NAME, false, "", firecracker.versionText(), reason, remedy);
  }
}
