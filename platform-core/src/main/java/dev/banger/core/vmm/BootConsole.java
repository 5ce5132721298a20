package dev.banger.core.vmm;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a guest's console says of its end. A guest may write anything there. */
public final class BootConsole {
  /** Written to the console at each launch; what follows is of the current boot. */
  public static final String BOOT_LINE = "--- banger starts this VM ";

  private static final String PANIC = "Kernel panic - not syncing";

  /** The kernel's last line of all, when it does not know how to switch the power off. */
  private static final Pattern HALTED =
      Pattern.compile(
          ".*reboot: (System halted|Power down|Power off not available: System halted instead)");

  private BootConsole() {}

  /** The lines since the last launch. */
  public static List<String> thisBoot(List<String> console) {
    for (int i = console.size() - 1; i >= 0; i--) {
      if (console.get(i).startsWith(BOOT_LINE)) {
        return console.subList(i + 1, console.size());
      }
    }
    return console;
  }

  /** The kernel's words on why it panicked, if the console has them. */
  public static Optional<String> panic(List<String> console) {
    for (String line : console.reversed()) {
      int at = line.indexOf(PANIC);
      if (at >= 0) {
        return Optional.of(line.substring(at));
      }
    }
    return Optional.empty();
  }

  /** Whether the guest has nothing more to do. */
  public static boolean halted(List<String> console) {
    return !console.isEmpty() && HALTED.matcher(console.getLast()).matches();
  }
}
