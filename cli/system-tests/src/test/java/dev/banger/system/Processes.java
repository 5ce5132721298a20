package dev.banger.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Finds what a test has started, by the folder that its command line or environment names. */
final class Processes {
  /** How long a process that was told to end may take. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration POLL = Duration.ofMillis(50);

  private Processes() {}

  static List<ProcessHandle> mentioning(String path) {
    long self = ProcessHandle.current().pid();
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != self)
        .filter(process -> mentions(process, "cmdline", path) || mentions(process, "environ", path))
        .toList();
  }

  /** Those that are there even after {@link #GRACE}. */
  static List<ProcessHandle> stillThere(String path) {
    long deadline = System.nanoTime() + GRACE.toNanos();
    List<ProcessHandle> found = mentioning(path);
    while (!found.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
      found = mentioning(path);
    }
    return found;
  }

  static String describe(ProcessHandle process) {
    return process.pid() + " " + read(process, "cmdline").replace('\0', ' ');
  }

  /** Waits until {@code process} has ended, for at most {@link #GRACE}. */
  static boolean ended(ProcessHandle process) throws InterruptedException {
    long deadline = System.nanoTime() + GRACE.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    return !process.isAlive();
  }

  private static boolean mentions(ProcessHandle process, String file, String path) {
    return read(process, file).contains(path);
  }

  private static String read(ProcessHandle process, String file) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // Ended meanwhile, or another user's.
      return "";
    }
  }
}
