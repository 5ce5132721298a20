package dev.banger.testkit;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The platform threads of this JVM that are not its own. */
final class Threads {
  private static final Set<String> OF_THE_JVM =
      Set.of("system", "InnocuousThreadGroup", "CarrierThreads", "VirtualThreads");

  private Threads() {}

  static Set<Thread> ofPrograms() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(
        thread -> {
          ThreadGroup group = thread.getThreadGroup();
          return group == null || OF_THE_JVM.contains(group.getName());
        });
    return threads;
  }

  /** Those that came and are still there. */
  static Set<Thread> since(Set<Thread> before) {
    Set<Thread> threads = ofPrograms();
    threads.removeAll(before);
    return threads;
  }

  /** The same, when they have had some time to end. */
  static Set<Thread> remaining(Set<Thread> before, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    for (Thread thread : since(before)) {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    return since(before);
  }
}
