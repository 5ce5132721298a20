package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;
import java.util.Locale;

/** Says in words why a Firecracker did not come up. */
final class LaunchFailures {
  private LaunchFailures() {}

  /** It refused a request. */
  static BangerException refused(
      LaunchPlan plan, ApiRequest request, ApiException e, List<String> log) {
    String said = e.getMessage();
    String lower = said.toLowerCase(Locale.ROOT);
    if (lower.contains("tap") && (lower.contains("busy") || lower.contains("os error 16"))) {
      return failure(
          ErrorKind.CONFLICT,
          "the TAP device %s is in use by another process: %s"
              .formatted(BootRequests.tap(plan).device(), said),
          "find out which: ls -l /proc/*/fd | grep net/tun",
          log,
          e);
    }
    if (lower.contains("memory") && (lower.contains("allocate") || lower.contains("mmap"))) {
      return failure(
          ErrorKind.HOST,
          "this host has no room for the %d MiB of the VM: %s".formatted(plan.memoryMiB(), said),
          "give the VM less memory or stop another one",
          log,
          e);
    }
    if (lower.contains("/dev/kvm") || lower.contains("kvm")) {
      return failure(
          ErrorKind.UNAVAILABLE,
          "Firecracker cannot use KVM: " + said,
          "banger doctor; or take the other driver: --driver qemu",
          log,
          e);
    }
    if (lower.contains("kernel") || lower.contains("elf")) {
      return failure(
          ErrorKind.INVALID,
          "Firecracker cannot boot the kernel of vm \"%s\": %s".formatted(plan.name(), said),
          "import the image again",
          log,
          e);
    }
    return failure(
        ErrorKind.HOST, "Firecracker refused %s: %s".formatted(request, said), "", log, e);
  }

  /** It does not answer, or answers nonsense. */
  static BangerException unanswered(LaunchPlan plan, ApiException e, List<String> log) {
    return failure(
        e.reason() == ApiException.Reason.TIMEOUT ? ErrorKind.TIMEOUT : ErrorKind.HOST,
        "Firecracker did not start vm \"%s\": %s".formatted(plan.name(), e.getMessage()),
        "",
        log,
        e);
  }

  /**
   * It is gone.
   *
   * @param how for example {@code the VMM failed: ...}
   */
  static BangerException died(LaunchPlan plan, String how, List<String> log) {
    return failure(
        ErrorKind.HOST, "vm \"%s\" did not start: %s".formatted(plan.name(), how), "", log, null);
  }

  private static BangerException failure(
      ErrorKind kind, String message, String hint, List<String> log, Throwable cause) {
    return new BangerException(kind, message, hint, log, cause);
  }
}
