package dev.banger.core.vmm.qemu;

import dev.banger.core.vmm.KvmProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries KVM with the CPU models that are worth a try. */
record QemuProbe(ProbeGuest guest) implements KvmProbe.Boot {
  private static final Logger LOG = LoggerFactory.getLogger(QemuProbe.class);

  /**
   * Some nested hosts offer the guest a register that they then refuse to set ("failed to set MSR
   * 0x10a"); QEMU gives up. Without the feature it starts.
   */
  private static final List<String> CPU_MODELS = List.of("host", "host,-arch-capabilities");

  @Override
  public String vmm() {
    return QemuDriver.NAME;
  }

  @Override
  public String wayOut() {
    return "set accel = \"tcg\" in the configuration";
  }

  @Override
  public KvmProbe.Outcome boot(Path binary, Path kernel, Duration deadline)
      throws InterruptedException {
    String problem = "";
    for (String cpuModel : CPU_MODELS) {
      ProbeGuest.Attempt attempt =
          guest.boot(binary, kernel, new Accelerator.Kvm(cpuModel), deadline);
      if (attempt.booted()) {
        return new KvmProbe.Outcome(true, cpuModel, "");
      }
      LOG.info("KVM with -cpu {} {}", cpuModel, attempt.problem());
      problem = attempt.problem();
      if (!attempt.problem().contains("MSR")) {
        break;
      }
    }
    return new KvmProbe.Outcome(false, "", problem);
  }
}
