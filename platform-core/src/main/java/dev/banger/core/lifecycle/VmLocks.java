package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per VM: what changes a VM runs alone, different VMs run in parallel. Fair, so that
 * requests are served in order. A lock exists only while somebody holds or wants it.
 */
public final class VmLocks {
  private static final class Entry {
    final ReentrantLock lock = new ReentrantLock(true);
    int users;
  }

  private final Map<VmId, Entry> entries = new HashMap<>();

  /**
   * Runs {@code body} under the VM's lock.
   *
   * @param waiting called once when the lock is not free at once
   * @throws BangerException of kind CONFLICT when the lock is not free within {@code atMost}
   */
  public <T> T with(VmId id, String name, Duration atMost, Runnable waiting, Callable<T> body)
      throws Exception {
    Entry entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(id, _ -> new Entry());
      entry.users++;
    }
    try {
      if (entry.lock.isLocked() && !entry.lock.isHeldByCurrentThread()) {
        waiting.run();
      }
      if (!entry.lock.tryLock(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BangerException(
            ErrorKind.CONFLICT,
            "vm \"%s\" is busy with another request for more than %d s"
                .formatted(name, atMost.toSeconds()),
            "see what it does: banger op list");
      }
      try {
        return body.call();
      } finally {
        entry.lock.unlock();
      }
    } finally {
      synchronized (entries) {
        if (--entry.users == 0) {
          entries.remove(id);
        }
      }
    }
  }

  /**
   * Runs {@code body} under the VM's lock, unless somebody else holds it or waits for it.
   *
   * @return whether it was run
   */
  public boolean ifFree(VmId id, Body body) throws InterruptedException {
    Entry entry = new Entry();
    entry.users = 1;
    synchronized (entries) {
      if (entries.putIfAbsent(id, entry) != null) {
        return false;
      }
    }
    try {
      if (!entry.lock.tryLock()) {
        return false;
      }
      try {
        body.run();
        return true;
      } finally {
        entry.lock.unlock();
      }
    } finally {
      synchronized (entries) {
        if (--entry.users == 0) {
          entries.remove(id);
        }
      }
    }
  }

  /** What is done under a lock. */
  @FunctionalInterface
  public interface Body {
    void run() throws InterruptedException;
  }

  /** Whether somebody holds a VM's lock or waits for it. */
  public boolean isInUse(VmId id) {
    synchronized (entries) {
      return entries.containsKey(id);
    }
  }

  /** How many locks are held or waited for now. */
  public int inUse() {
    synchronized (entries) {
      return entries.size();
    }
  }
}
