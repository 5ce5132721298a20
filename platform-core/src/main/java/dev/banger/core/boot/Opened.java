package dev.banger.core.boot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the daemon has opened so far. Closing goes in reverse order, through to the end whatever
 * fails, and once: so a daemon that failed half-way closes exactly what it had opened.
 */
final class Opened implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Opened.class.getName());

  private record Entry(String what, AutoCloseable resource) {}

  private final Deque<Entry> entries = new ArrayDeque<>();

  /** Notes that {@code resource} is open now, and returns it. */
  synchronized <T extends AutoCloseable> T add(String what, T resource) {
    entries.push(new Entry(what, resource));
    return resource;
  }

  @Override
  public void close() {
    while (true) {
      Entry entry;
      synchronized (this) {
        entry = entries.poll();
      }
      if (entry == null) {
        return;
      }
      try {
        entry.resource().close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "closing " + entry.what() + " failed", e);
      }
    }
  }
}
