package dev.banger.core.vmm.qemu;

import dev.banger.core.vmm.KernelLine;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel command line.
 *
 * <table>
 * <caption>What the driver adds, and why</caption>
 * <tr><td>{@code console=ttyS0}</td><td>the serial port is the console file</td></tr>
 * <tr><td>{@code 8250.nr_uarts=1}</td><td>there is one; looking for three more costs time</td></tr>
 * <tr><td>{@code quiet}</td><td>every byte on the serial port leaves the guest; warnings and panics
 * are still printed</td></tr>
 * <tr><td>{@code panic=1}</td><td>a panic ends the VM after a second instead of hanging</td></tr>
 * <tr><td>{@code reboot=t}</td><td>a triple fault always works and ends QEMU under {@code
 * -no-reboot}</td></tr>
 * <tr><td>{@code tsc_early_khz=N}</td><td>emulation: without it the kernel measures its counter
 * against a timer that a busy host starves, and most boots hang with an empty console</td></tr>
 * <tr><td>{@code no_timer_check}</td><td>emulation: the same starved timer fails the interrupt
 * check</td></tr>
 * <tr><td>{@code tsc=reliable}</td><td>emulation, when the frequency is known: all virtual CPUs read
 * the host's one counter, and a starved watchdog would call it unstable</td></tr>
 * <tr><td>{@code cryptomgr.notests}</td><td>emulation: the kernel's tests of its own ciphers are
 * slow when translated; tenths of a second</td></tr>
 * </table>
 *
 * <p>Left out on purpose: {@code nokaslr} and {@code mitigations=off} weaken the guest and measured
 * no faster; {@code i8042.*} does nothing, microvm has no such controller and its ACPI tables say
 * so; {@code random.trust_cpu=on} is the default of the kernels in use, and there is a virtio
 * source of entropy.
 */
final class KernelArguments {
  /** Linux x86: COMMAND_LINE_SIZE is 2048 with its terminator. */
  private static final int MAX_LENGTH = 2047;

  private KernelArguments() {}

  static String of(Accelerator accelerator, List<String> own) {
    List<String> words =
        new ArrayList<>(
            List.of("console=ttyS0", "8250.nr_uarts=1", "quiet", "panic=1", "reboot=t"));
    words.addAll(ofMachine(accelerator));
    return KernelLine.of(words, own, MAX_LENGTH);
  }

  /** What the clock of the machine needs. */
  static List<String> ofMachine(Accelerator accelerator) {
    return switch (accelerator) {
      case Accelerator.Kvm(_) -> List.of();
      case Accelerator.Tcg(var khz) when khz.isPresent() ->
          List.of(
              "tsc_early_khz=" + khz.getAsLong(),
              "tsc=reliable",
              "no_timer_check",
              "cryptomgr.notests");
      case Accelerator.Tcg(_) -> List.of("no_timer_check", "cryptomgr.notests");
    };
  }
}
