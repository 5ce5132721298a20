package dev.banger.core.plugins;

import dev.banger.api.OpenContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The threads of a plugin's own, which end before it is closed. */
final class Background {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,39}");

  private final String pluginId;
  private final ClassLoader loader;
  private final List<Thread> threads = new ArrayList<>();
  private boolean stopped;

  Background(String pluginId, ClassLoader loader) {
    this.pluginId = pluginId;
    this.loader = loader;
  }

  synchronized void start(String name, OpenContext.Work work) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name for a thread: \"" + name + "\"");
    }
    if (stopped) {
      throw new IllegalStateException("plugin " + pluginId + " is being closed");
    }
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("plugin-" + pluginId + "-" + name)
            .inheritInheritableThreadLocals(false)
            .unstarted(() -> run(name, work));
    thread.setContextClassLoader(loader);
    threads.removeIf(known -> !known.isAlive());
    threads.add(thread);
    thread.start();
  }

  private void run(String name, OpenContext.Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      System.getLogger("banger.plugin." + pluginId)
          .log(System.Logger.Level.WARNING, "background work " + name + " ended", e);
    }
  }

  /**
   * Interrupts all and waits for them.
   *
   * @return how many would not end
   */
  int stop() {
    List<Thread> ending;
    synchronized (this) {
      stopped = true;
      ending = List.copyOf(threads);
    }
    ending.forEach(Thread::interrupt);
    long end = System.nanoTime() + GRACE.toNanos();
    int alive = 0;
    for (Thread thread : ending) {
      try {
        if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          alive++;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return alive + 1;
      }
    }
    return alive;
  }
}
