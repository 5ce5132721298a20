package dev.banger.core.vmm.firecracker;

import dev.banger.core.vmm.KernelLine;
import java.util.List;
import java.util.stream.Stream;

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
 * <tr><td>{@code reboot=k}</td><td>the keyboard controller's reset is the one way in which a guest
 * ends its Firecracker in order; a triple fault is an error to it</td></tr>
 * <tr><td>{@code i8042.noaux}, {@code nomux}, {@code dumbkbd}</td><td>of that controller there is a
 * keyboard for Ctrl-Alt-Del and nothing else; looking for a mouse and for LEDs costs time</td></tr>
 * <tr><td>{@code random.trust_cpu=on}</td><td>random numbers at once</td></tr>
 * <tr><td>{@code swiotlb=noforce}</td><td>no bounce buffers: the memory is not encrypted</td></tr>
 * <tr><td>{@value #POWEROFF}</td><td>there is no power to switch off: a guest that tries halts, and
 * its Firecracker stays. It tells the agent to restart the guest instead</td></tr>
 * </table>
 *
 * <p>Left out on purpose: {@code nomodule}, which Firecracker's own default has, because the
 * initramfs loads drivers; {@code i8042.nokbd}, which would deafen the guest to Ctrl-Alt-Del; and
 * {@code pci=off}, which Firecracker adds where it is right.
 */
final class GuestArguments {
  /** What the agent looks for, see its {@code Power}. */
  static final String POWEROFF = "banger.poweroff=reboot";

  /**
   * Linux x86 takes 2047. Firecracker adds {@code pci=off} and, for kernels without ACPI, some 36
   * characters for each device.
   */
  private static final int MAX_LENGTH = 2047 - 500;

  private static final List<String> MACHINE =
      List.of(
          "console=ttyS0",
          "8250.nr_uarts=1",
          "quiet",
          "panic=1",
          "reboot=k",
          "i8042.noaux",
          "i8042.nomux",
          "i8042.dumbkbd",
          "random.trust_cpu=on",
          "swiotlb=noforce");

  private GuestArguments() {}

  static String of(List<String> own) {
    return KernelLine.of(
        Stream.concat(MACHINE.stream(), Stream.of(POWEROFF)).toList(), own, MAX_LENGTH);
  }

  /** For a guest without an agent. */
  static String ofProbe() {
    return KernelLine.of(MACHINE, List.of(), MAX_LENGTH);
  }
}
