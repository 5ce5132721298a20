package dev.banger.core.plugins;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Watches whether versions that were unloaded are really gone. Thread-safe.
 *
 * <p>Classes go away in collections of the whole heap only, which nobody here forces: a loader that
 * outlived two of them is held by somebody.
 */
final class LeakProbe {
  private static final int MAX_WATCHED = 200;
  private static final int ENOUGH_COLLECTIONS = 2;

  private record Gone(
      String id, String title, WeakReference<IsolatedLoader> loader, long collections) {}

  private final List<Gone> watched = new ArrayList<>();

  /** Watches a version from now on; it must have been closed. */
  synchronized void unloaded(HostedPlugin plugin) {
    watched.removeIf(gone -> gone.loader().refersTo(null));
    if (watched.size() == MAX_WATCHED) {
      watched.removeFirst();
    }
    watched.add(
        new Gone(plugin.id(), plugin.title(), new WeakReference<>(plugin.loader()), collections()));
    String threads = threads(plugin.loader());
    if (!threads.isEmpty()) {
      System.getLogger("banger.plugin." + plugin.id())
          .log(
              System.Logger.Level.WARNING,
              "plugin {0} was closed and left {1}",
              plugin.title(),
              threads);
    }
  }

  /** What is left of unloaded versions of a plugin, for people; empty when all is well. */
  synchronized String report(String pluginId) {
    List<String> leaks = new ArrayList<>();
    for (Gone gone : watched) {
      IsolatedLoader loader = gone.id().equals(pluginId) ? gone.loader().get() : null;
      if (loader == null) {
        continue;
      }
      String threads = threads(loader);
      if (!threads.isEmpty()) {
        leaks.add("%s was unloaded and left %s".formatted(gone.title(), threads));
      } else if (collections() - gone.collections() >= ENOUGH_COLLECTIONS) {
        leaks.add("%s was unloaded and its classes are still in use".formatted(gone.title()));
      }
    }
    return leaks.isEmpty()
        ? ""
        : String.join("; ", leaks) + "; a restart of the daemon gives it back (VMs keep running)";
  }

  /** How many class loaders of unloaded versions still exist. */
  synchronized long remaining() {
    return watched.stream().filter(gone -> !gone.loader().refersTo(null)).count();
  }

  private static String threads(IsolatedLoader loader) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      if (thread != Thread.currentThread() && (uses(thread, loader) || runs(entry, loader))) {
        names.add("the thread " + thread.getName());
      }
    }
    names.sort(null);
    return names.size() <= 5
        ? String.join(", ", names)
        : names.size() + " threads, such as " + String.join(", ", names.subList(0, 5));
  }

  private static boolean uses(Thread thread, IsolatedLoader loader) {
    return thread.getContextClassLoader() == loader;
  }

  /** Frames name classes without their loaders, so another version's threads are told by theirs. */
  private static boolean runs(Map.Entry<Thread, StackTraceElement[]> entry, IsolatedLoader loader) {
    if (entry.getKey().getContextClassLoader() instanceof IsolatedLoader) {
      return false;
    }
    for (StackTraceElement frame : entry.getValue()) {
      if (loader.hasLoaded(frame.getClassName())) {
        return true;
      }
    }
    return false;
  }

  /** Collections so far that may have taken classes away. */
  private static long collections() {
    long count = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      String name = bean.getName();
      if (name.contains("Old")
          || name.contains("MarkSweep")
          || name.contains("Concurrent")
          || name.contains("Major Cycles")) {
        count += Math.max(0, bean.getCollectionCount());
      }
    }
    return count;
  }
}
