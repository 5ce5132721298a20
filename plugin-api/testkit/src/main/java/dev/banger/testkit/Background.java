package dev.banger.testkit;

import dev.banger.api.OpenContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Work that a plugin runs beside everything else. */
final class Background {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String pluginId;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  Background(String pluginId) {
    this.pluginId = pluginId;
  }

  void run(String name, ClassLoader loader, OpenContext.Work work) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("plugin-" + pluginId + "-" + name)
            .inheritInheritableThreadLocals(false)
            .unstarted(() -> run(name, work));
    thread.setContextClassLoader(loader);
    threads.add(thread);
    thread.start();
  }

  private void run(String name, OpenContext.Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      // As it should end.
    } catch (Exception e) {
      System.getLogger("banger.plugin." + pluginId)
          .log(System.Logger.Level.WARNING, "failed in background " + name, e);
    }
  }

  /** Tells all of it to end, and gives it 5 s. */
  void interrupt() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
  }

  /** What still runs. */
  List<String> leaks() {
    return threads.stream().filter(Thread::isAlive).map(Thread::getName).toList();
  }
}
