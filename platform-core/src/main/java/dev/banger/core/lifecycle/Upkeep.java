package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tries again what could not be cleaned up: VMs in {@code cleanupPending}, and what plugins still
 * hold of VMs that are deleted. One thread, which sleeps until something is due; idle it costs
 * nothing.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Upkeep.class.getName());
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration SWEEP = Duration.ofHours(1);

  /** What is done about it. */
  public interface Chores {
    /**
     * Tries to finish the clean-up of a VM.
     *
     * @return whether there is nothing left to try
     */
    boolean repair(VmId id) throws Exception;

    /**
     * Tries again what plugins hold of deleted VMs.
     *
     * @return whether nothing is left
     */
    boolean releaseLeftovers() throws Exception;

    /** Lets plugins remove what belongs to nobody. */
    void sweep() throws Exception;
  }

  private record Due(int attempts, long atNanos) {
    static Due first() {
      return new Due(0, System.nanoTime() + FIRST.toNanos());
    }

    Due next() {
      long wait = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(attempts + 1, 20));
      return new Due(attempts + 1, System.nanoTime() + wait);
    }
  }

  private final Map<VmId, Due> vms = new HashMap<>();
  private Due leftovers;
  private long sweepAt = System.nanoTime();
  private boolean closed;
  private Thread thread;

  /** Begins; what was noted before is tried now. */
  public synchronized void start(Chores chores) {
    if (thread == null && !closed) {
      thread = Thread.ofVirtual().name("upkeep").start(() -> run(chores));
    }
  }

  /** A VM's clean-up is pending. */
  public synchronized void watch(VmId id) {
    vms.putIfAbsent(id, Due.first());
    notifyAll();
  }

  /** Plugins may hold something of a VM that is deleted. */
  public synchronized void watchLeftovers() {
    if (leftovers == null) {
      leftovers = Due.first();
      notifyAll();
    }
  }

  private void run(Chores chores) {
    try {
      while (true) {
        VmId vm = null;
        boolean isSweep = false;
        synchronized (this) {
          long now = System.nanoTime();
          long next = sweepAt;
          for (Map.Entry<VmId, Due> entry : vms.entrySet()) {
            if (entry.getValue().atNanos() - next < 0) {
              next = entry.getValue().atNanos();
              vm = entry.getKey();
            }
          }
          if (leftovers != null && leftovers.atNanos() - next < 0) {
            next = leftovers.atNanos();
            vm = null;
          }
          if (closed) {
            return;
          }
          if (next - now > 0) {
            wait(Math.max(1, Duration.ofNanos(next - now).toMillis()));
            continue;
          }
          isSweep = next == sweepAt;
          if (isSweep) {
            sweepAt = now + SWEEP.toNanos();
          }
        }
        if (isSweep) {
          attempt(
              "sweep",
              () -> {
                chores.sweep();
                return true;
              });
        } else if (vm != null) {
          VmId due = vm;
          boolean done = attempt("vm=" + due, () -> chores.repair(due));
          synchronized (this) {
            vms.computeIfPresent(due, (_, was) -> done ? null : was.next());
          }
        } else {
          boolean done = attempt("leftovers", chores::releaseLeftovers);
          synchronized (this) {
            leftovers = done ? null : leftovers.next();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something to try. */
  @FunctionalInterface
  private interface Attempt {
    boolean run() throws Exception;
  }

  private static boolean attempt(String what, Attempt attempt) throws InterruptedException {
    try {
      return attempt.run();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.log(Level.FINE, e, () -> what + " could not be cleaned up yet");
      return false;
    }
  }

  @Override
  public void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = thread;
      notifyAll();
    }
    if (ending != null) {
      ending.interrupt();
      try {
        ending.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
