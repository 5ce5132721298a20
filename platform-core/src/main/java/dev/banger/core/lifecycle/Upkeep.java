package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tries again what could not be cleaned up: VMs in {@code cleanupPending}, and what plugins still
 * hold of VMs that are deleted. Looks now and then whether running VMs still have what was made for
 * them. One thread, which sleeps until something is due; idle it costs next to nothing.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Upkeep.class.getName());
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofSeconds(60);
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

    /** Brings back what others took away from running VMs. */
    void look() throws Exception;

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
  private final Duration look;
  private long lookAt;
  private boolean closed;
  private Thread thread;

  public Upkeep() {
    this(LOOK);
  }

  /**
   * @param look how long after each time that running VMs were looked at they are again
   */
  public Upkeep(Duration look) {
    this.look = look;
    this.lookAt = System.nanoTime() + look.toNanos();
  }

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

  /**
   * What is done next.
   *
   * @param ended told whether nothing is left to try
   */
  private record Task(long atNanos, String what, Attempt attempt, Consumer<Boolean> ended) {}

  private void run(Chores chores) {
    try {
      for (Task task = await(chores); task != null; task = await(chores)) {
        boolean done = attempt(task.what(), task.attempt());
        synchronized (this) {
          task.ended().accept(done);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until something is due; null when it is over. */
  private synchronized Task await(Chores chores) throws InterruptedException {
    while (!closed) {
      Task next = next(chores);
      long wait = next.atNanos() - System.nanoTime();
      if (wait <= 0) {
        return next;
      }
      wait(Math.max(1, Duration.ofNanos(wait).toMillis()));
    }
    return null;
  }

  private Task next(Chores chores) {
    Task next =
        new Task(
            sweepAt,
            "sweep",
            () -> {
              chores.sweep();
              return true;
            },
            _ -> sweepAt = System.nanoTime() + SWEEP.toNanos());
    next =
        earlier(
            next,
            new Task(
                lookAt,
                "what VMs miss",
                () -> {
                  chores.look();
                  return true;
                },
                _ -> lookAt = System.nanoTime() + look.toNanos()));
    for (Map.Entry<VmId, Due> entry : vms.entrySet()) {
      VmId id = entry.getKey();
      next =
          earlier(
              next,
              new Task(
                  entry.getValue().atNanos(),
                  "vm=" + id,
                  () -> chores.repair(id),
                  done -> vms.computeIfPresent(id, (_, was) -> done ? null : was.next())));
    }
    return leftovers == null
        ? next
        : earlier(
            next,
            new Task(
                leftovers.atNanos(),
                "leftovers",
                chores::releaseLeftovers,
                done -> leftovers = done ? null : leftovers.next()));
  }

  private static Task earlier(Task one, Task other) {
    return other.atNanos() - one.atNanos() < 0 ? other : one;
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
      LOG.log(Level.FINE, e, () -> what + " could not be seen to yet");
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
