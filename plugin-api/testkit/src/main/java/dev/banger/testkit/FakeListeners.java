package dev.banger.testkit;

import dev.banger.api.GuestListener;
import dev.banger.api.GuestPorts;
import java.util.List;

/** What listens in fake guests, the same in all of them. */
final class FakeListeners {
  private List<GuestListener> now = List.of();
  private long changes;
  private long ends;

  synchronized List<GuestListener> now() {
    return now;
  }

  synchronized void set(List<GuestListener> listeners) {
    now = List.copyOf(listeners);
    changes++;
    notifyAll();
  }

  synchronized void end() {
    ends++;
    notifyAll();
  }

  void watch(GuestPorts.Watcher watcher) throws InterruptedException {
    long began;
    long seen = -1;
    synchronized (this) {
      began = ends;
    }
    while (true) {
      List<GuestListener> told;
      synchronized (this) {
        while (seen == changes && began == ends) {
          wait();
        }
        if (began != ends) {
          return;
        }
        seen = changes;
        told = now;
      }
      watcher.changed(told);
    }
  }
}
