package dev.banger.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time as the kernel accounts it, in steps of 10 ms. Other than the time on the clock it hardly
 * depends on what else the machine does.
 */
final class ProcessCpu {
  /** {@code sysconf(_SC_CLK_TCK)} of every Linux on x86 and ARM. */
  private static final double TICKS_PER_SECOND = 100;

  // Of /proc/PID/stat, counted from the field behind the name of the program.
  private static final int USER = 11;
  private static final int CHILDREN_USER = 13;

  // Of the first line of /proc/stat, counted from 0 behind its name.
  private static final int IDLE = 3;

  private ProcessCpu() {}

  /** Seconds of a process itself, all its threads, user and system. */
  static double own(long pid) throws IOException {
    return pair(Long.toString(pid), USER);
  }

  /** Seconds of a process and of those of its children that have ended and were waited for. */
  static double withChildren(long pid) throws IOException {
    return own(pid) + pair(Long.toString(pid), CHILDREN_USER);
  }

  /** Seconds of what this program started and has waited for. */
  static double ofOurChildren() throws IOException {
    return pair("self", CHILDREN_USER);
  }

  /** Seconds that all processors together did nothing or waited for a disk, since the boot. */
  static double idle() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
    return (Long.parseLong(fields[1 + IDLE]) + Long.parseLong(fields[2 + IDLE])) / TICKS_PER_SECOND;
  }

  private static double pair(String process, int first) throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("/proc", process, "stat"));
    String stat = new String(bytes, StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[first]) + Long.parseLong(fields[first + 1])) / TICKS_PER_SECOND;
  }
}
