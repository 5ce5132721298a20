package dev.banger.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is left of a command's process group once the command itself has ended. */
final class JobGroup {
  private static final Path PROC = Path.of("/proc");

  /** In a second of what the kernel tells programs (USER_HZ), on every machine that runs guests. */
  private static final long TICKS = 100;

  private static final long MICROS_PER_TICK = 1_000_000 / TICKS;

  private JobGroup() {}

  /**
   * Whether somebody is in it who was there when the command ended: for so long the kernel gives
   * its number to nobody else.
   *
   * @param leader of the group and of the session, who has ended
   * @param endedMicros when, by the clock
   */
  static boolean lives(long leader, long endedMicros) throws IOException {
    if (leader <= 1 || !JobCalls.kill(-leader, 0)) {
      return false;
    }
    // Times of files are rounded: a second is forgiven.
    long latest = ticks(endedMicros) + TICKS;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (isMember(process, leader, latest)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A point of the clock as the age of this boot. */
  private static long ticks(long micros) throws IOException {
    String uptime = JobFiles.text(PROC.resolve("uptime"));
    double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    return (long) (seconds * TICKS)
        - (System.currentTimeMillis() * 1000 - micros) / MICROS_PER_TICK;
  }

  /** Fields are counted behind the name, which may hold anything. */
  private static boolean isMember(Path process, long leader, long latest) {
    try {
      String stat = JobFiles.text(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[2]) == leader
          && Long.parseLong(fields[3]) == leader
          && Long.parseLong(fields[19]) <= latest
          && !fields[0].equals("Z");
    } catch (IOException | RuntimeException e) {
      return false; // it has ended meanwhile
    }
  }
}
