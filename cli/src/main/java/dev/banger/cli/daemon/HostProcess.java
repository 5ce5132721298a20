package dev.banger.cli.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processes of this machine, as the kernel tells of them. */
public final class HostProcess {
  private HostProcess() {}

  /**
   * Whether the process still runs. One that has ended and that its parent has not asked about, a
   * zombie, does not: in a container whose first process takes no notice of orphans it stays so for
   * ever, without files, locks or memory.
   */
  public static boolean isRunning(long pid) {
    try {
      // The name is the program's own choice; what follows the last bracket is the kernel's.
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      int state = stat.lastIndexOf(") ") + 2;
      return state < stat.length() && "ZXx".indexOf(stat.charAt(state)) < 0;
    } catch (IOException e) {
      return false;
    }
  }
}
