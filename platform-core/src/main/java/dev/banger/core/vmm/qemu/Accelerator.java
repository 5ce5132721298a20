package dev.banger.core.vmm.qemu;

import java.util.OptionalLong;

/** How the guest's processors are run. */
sealed interface Accelerator {
  /** The name in {@code VmHandles} and {@code DriverStatus}. */
  String wireName();

  /**
   * By the host's processors.
   *
   * @param cpuModel QEMU's {@code -cpu}: {@code host}, possibly with features switched off
   */
  record Kvm(String cpuModel) implements Accelerator {
    @Override
    public String wireName() {
      return "kvm";
    }
  }

  /**
   * By translation.
   *
   * @param tscKhz the host's time stamp counter, which the guest sees; empty when unknown
   */
  record Tcg(OptionalLong tscKhz) implements Accelerator {
    @Override
    public String wireName() {
      return "tcg";
    }
  }
}
