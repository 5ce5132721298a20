package dev.banger.core.vmm.qemu;

import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.vmm.BootConsole;
import java.util.List;
import java.util.OptionalInt;

/** Why a QEMU is gone, in a sentence. */
final class ExitMeaning {
  private static final int SIGNALLED = 128;

  private ExitMeaning() {}

  /**
   * @param reason QEMU's last word over QMP, a {@code ShutdownCause}; empty when it said nothing
   * @param byUs whether this driver killed it
   * @param exitCode its exit code where it was a child of this process, 128 + n for signal n
   * @param log the end of what QEMU wrote
   * @param console the end of what the guest wrote: a guest may write anything
   */
  static VmmExit of(
      String reason, boolean byUs, OptionalInt exitCode, List<String> log, List<String> console) {
    return switch (reason) {
      case "guest-shutdown" -> new VmmExit(true, "the guest powered off");
      case "guest-reset" -> reset(console);
      case "guest-panic" -> new VmmExit(false, "the guest's kernel panicked");
      case "host-qmp-quit" -> new VmmExit(true, "stopped by the daemon");
      case "host-signal" -> new VmmExit(false, "the VMM was told to end by a signal from outside");
      case "host-error" -> new VmmExit(false, "the VMM failed" + lastOf(log));
      case "" -> silent(byUs, exitCode, log);
      default -> new VmmExit(false, "the VMM ended (" + reason + ")");
    };
  }

  private static VmmExit reset(List<String> console) {
    // A panic ends in a reset as well; only the console tells them apart.
    return BootConsole.panic(console)
        .map(words -> new VmmExit(false, "the guest's kernel panicked: " + words))
        .orElseGet(() -> new VmmExit(true, "the guest rebooted, which ends the VM"));
  }

  private static VmmExit silent(boolean byUs, OptionalInt exitCode, List<String> log) {
    if (byUs) {
      return new VmmExit(true, "killed by the daemon");
    }
    if (exitCode.isEmpty()) {
      return new VmmExit(false, "the VMM is gone: killed, or crashed" + lastOf(log));
    }
    int code = exitCode.getAsInt();
    if (code > SIGNALLED) {
      return new VmmExit(false, "the VMM was killed by signal " + (code - SIGNALLED) + lastOf(log));
    }
    return new VmmExit(false, "the VMM ended with exit code " + code + lastOf(log));
  }

  private static String lastOf(List<String> log) {
    return log.isEmpty() ? "" : ": " + log.getLast();
  }
}
