package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many VMs boot at once. A boot keeps its CPUs busy: with twenty at once on two CPUs a list
 * took 1.1 to 2.3 s, with three at a time 0.1 to 0.3 s. Three halves of the CPUs is a guess between
 * idle CPUs and a crowd; it was not tuned. First come, first served.
 */
final class BootSlots {
  /**
   * A boot that takes longer waits for something else than a CPU and keeps no other from booting.
   */
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final int FEWEST = 3;

  private final Semaphore slots;
  private final Duration longestHold;

  /**
   * @param cpus of this host
   */
  BootSlots(int cpus) {
    this(Math.max(FEWEST, cpus + cpus / 2), LONGEST_HOLD);
  }

  BootSlots(int slots, Duration longestHold) {
    this.slots = new Semaphore(slots, true);
    this.longestHold = longestHold;
  }

  /** Waits for a slot, saying so when there is none at once. */
  Slot take(Progress progress) throws InterruptedException {
    if (!slots.tryAcquire(0, TimeUnit.SECONDS)) {
      progress.stage("wait_slot", "started", "other VMs are booting");
      if (!slots.tryAcquire(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "other VMs have been booting for %d min".formatted(LONGEST_WAIT.toMinutes()),
            "see which: banger op list");
      }
      progress.stage("wait_slot", "done", "");
    }
    return new Slot();
  }

  /** Given back by closing it, or by itself after a while. */
  final class Slot implements AutoCloseable {
    private final AtomicBoolean held = new AtomicBoolean(true);
    private final Thread expiry = Thread.ofVirtual().name("boot-slot").start(this::expire);

    private void expire() {
      try {
        Thread.sleep(longestHold);
        release();
      } catch (InterruptedException e) {
        // It was given back in time.
      }
    }

    private void release() {
      if (held.compareAndSet(true, false)) {
        slots.release();
      }
    }

    @Override
    public void close() {
      release();
      expiry.interrupt();
    }
  }
}
