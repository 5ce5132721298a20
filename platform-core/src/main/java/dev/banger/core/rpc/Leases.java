package dev.banger.core.rpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What is to be taken back when a connection ends, whichever way its client came to an end. */
final class Leases {
  private static final Logger LOG = Logger.getLogger(Leases.class.getName());

  private final Map<String, Runnable> open = new LinkedHashMap<>();

  synchronized void add(String what, Runnable takeBack) {
    open.put(what, takeBack);
  }

  /**
   * @return whether there was one
   */
  synchronized boolean remove(String what) {
    return open.remove(what) != null;
  }

  /** The client is gone: takes everything back. */
  void expire() {
    List<Runnable> all;
    synchronized (this) {
      all = List.copyOf(open.values());
      open.clear();
    }
    for (Runnable takeBack : all) {
      try {
        takeBack.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "what a client had on lease could not be taken back", e);
      }
    }
  }
}
