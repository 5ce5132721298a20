package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.vmm.BootConsole;
import java.util.List;
import java.util.OptionalInt;

/** Why a Firecracker is gone, in a sentence. */
final class ExitMeaning {
  private static final int SIGNALLED = 128;

  private ExitMeaning() {}

  /** Whether this driver ended it, and why. */
  enum ByUs {
    NO,
    /** It was told to. */
    KILLED,
    /** Its guest had halted, which Firecracker does not notice. */
    HALTED
  }

  /**
   * @param exitCode its exit code, 128 + n for signal n; empty when unknown
   * @param log the end of what Firecracker wrote
   * @param console the end of what the guest wrote in this boot: a guest may write anything
   */
  static VmmExit of(ByUs byUs, OptionalInt exitCode, List<String> log, List<String> console) {
    return switch (byUs) {
      case KILLED -> new VmmExit(true, "killed by the daemon");
      case HALTED -> new VmmExit(true, "the guest powered off");
      case NO -> byItself(exitCode, log, console);
    };
  }

  private static VmmExit byItself(OptionalInt exitCode, List<String> log, List<String> console) {
    if (exitCode.isEmpty()) {
      return new VmmExit(
          false, "the VMM is gone: killed, or crashed" + FirecrackerLog.complaint(log));
    }
    int code = exitCode.getAsInt();
    return code == 0
        ? reset(console)
        : new VmmExit(false, failure(code) + FirecrackerLog.complaint(log));
  }

  private static VmmExit reset(List<String> console) {
    // A panic ends in a reset as well; only the console tells them apart.
    return BootConsole.panic(console)
        .map(words -> new VmmExit(false, "the guest's kernel panicked: " + words))
        .orElseGet(() -> new VmmExit(true, "the guest went down"));
  }

  /** From Firecracker's list of exit codes, {@code FcExitCode}. */
  private static String failure(int code) {
    return switch (code) {
      case 1 -> "the VMM failed";
      case 2 -> "the VMM ended by an error that it did not expect";
      case 148 -> "the VMM made a system call that its filter forbids, and was ended";
      case 149 -> "the VMM ended on a bus error: a disk or memory file of it has shrunk, or fails";
      case 150 -> "the VMM crashed on a bad memory access";
      case 151 -> "the VMM wrote past the largest file size it may have";
      case 152 -> "the VMM refused its configuration";
      case 153 -> "the VMM did not understand its arguments";
      case 154 -> "the VMM used up its limit of processor time";
      case 156 -> "the VMM was hung up";
      case 157 -> "the VMM crashed on an instruction that this processor does not have";
      default ->
          code > SIGNALLED
              ? "the VMM was killed by signal " + (code - SIGNALLED)
              : "the VMM ended with exit code " + code;
    };
  }
}
