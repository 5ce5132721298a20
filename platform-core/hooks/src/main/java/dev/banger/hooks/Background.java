package dev.banger.hooks;

import dev.banger.api.OpenContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The threads of a plugin's own, which end before it is closed. */
public final class Background {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,39}");

  private final String pluginId;
  private final ClassLoader loader;
  private final List<Thread> threads = new ArrayList<>();
  private boolean stopped;

  public Background(String pluginId, ClassLoader loader) {
    this.pluginId = pluginId;
    this.loader = loader;
  }

  public synchronized void start(String name, OpenContext.Work work) {
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

  /** Interrupts all of it and waits for its end, at most 5 s. Nothing is begun any more. */
  public void stop() {
    List<Thread> ending;
    synchronized (this) {
      stopped = true;
      ending = List.copyOf(threads);
    }
    ending.forEach(Thread::interrupt);
    long end = System.nanoTime() + GRACE.toNanos();
    try {
      for (Thread thread : ending) {
        var _ = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Names of the threads that still run. */
  public synchronized List<String> running() {
    return threads.stream().filter(Thread::isAlive).map(Thread::getName).toList();
  }
}
