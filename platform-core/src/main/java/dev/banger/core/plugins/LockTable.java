package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Locking.LockedBody;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The named locks of one plugin. A lock exists only while somebody holds or wants it. */
final class LockTable {
  private final Map<String, Lock> locks = new HashMap<>();

  private static final class Lock {
    private final Semaphore turn = new Semaphore(1);
    private int users;
  }

  <T> T with(String key, Duration deadline, LockedBody<T> body) throws Exception {
    Lock lock = enlist(key);
    try {
      if (!lock.turn.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CapabilityException(
            FailureKind.CONFLICT,
            "\"%s\" is busy; waited %s for it".formatted(key, Durations.words(deadline)),
            "try again when the other request is done");
      }
      try {
        return body.run();
      } finally {
        lock.turn.release();
      }
    } finally {
      leave(key, lock);
    }
  }

  private synchronized Lock enlist(String key) {
    Lock lock = locks.computeIfAbsent(key, _ -> new Lock());
    lock.users++;
    return lock;
  }

  private synchronized void leave(String key, Lock lock) {
    lock.users--;
    if (lock.users == 0) {
      locks.remove(key);
    }
  }

  synchronized int size() {
    return locks.size();
  }
}
