package dev.banger.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One output of a job on its way from the FIFO to the disk. Wants the job's monitor, except where
 * it says that it may wait: there only its one mover is.
 */
final class JobOutput {
  private static final long RETRY_NANOS = 1_000_000_000;
  private static final int CHUNK = 64 * 1024;

  /** What a mover is to do outside of the job's monitor. */
  sealed interface Step {
    record Close() implements Step {}

    /** Finds out how much the command left in the FIFO. */
    record Measure() implements Step {}

    /** Reads and drops. */
    record Drop() implements Step {}

    record Keep(JobStream.Place place) implements Step {}
  }

  final JobStream kept;
  private int fifo = -1;
  private boolean moving;
  private long movingSince;
  private boolean resting;
  private boolean heldBack;
  private boolean discarding;
  private boolean closing;
  private boolean measuring;
  private long retryAt;
  private String trouble = "";
  private long owed;
  private long taken;

  JobOutput(JobStream kept) {
    this.kept = kept;
    this.taken = kept.from();
  }

  /** Whether more may come. */
  boolean isOpen() {
    return fifo >= 0;
  }

  void open(int descriptor) {
    fifo = descriptor;
  }

  /** What the pump is to wait for, or -1: a mover has it, or there is no use. */
  int watched() {
    return moving || heldBack || isWaiting() ? -1 : fifo;
  }

  private boolean isWaiting() {
    return retryAt != 0 && System.nanoTime() - retryAt < 0;
  }

  /** When to try again after something went wrong; 0 when nothing has, or it is time. */
  long retryAt() {
    return isWaiting() ? retryAt : 0;
  }

  /** What keeps it from being kept, or "". */
  String trouble() {
    return trouble;
  }

  /**
   * Makes the caller its mover, if there is something to do.
   *
   * @param ready whether something is in the FIFO
   */
  boolean claim(boolean ready) {
    boolean due = closing || measuring || (ready && !heldBack && !isWaiting());
    if (moving || !isOpen() || !due) {
      return false;
    }
    moving = true;
    movingSince = System.nanoTime();
    return true;
  }

  /** Whether its mover has been in one call for that long. */
  boolean isStuck(long nanos) {
    return moving && System.nanoTime() - movingSince > nanos;
  }

  /** Whether it cannot be kept just now. */
  boolean isRetrying() {
    return retryAt != 0;
  }

  /** Somebody has read on, or gone. Returns whether that was waited for. */
  boolean letOn() {
    boolean was = heldBack;
    heldBack = false;
    return was;
  }

  /** Furthest position that anybody has read up to. */
  long taken() {
    return taken;
  }

  void taken(long position) {
    taken = Math.max(taken, position);
  }

  /** What the command itself wrote is all in the FIFO now; it is taken whoever reads. */
  void commandEnded() {
    measuring = isOpen();
    heldBack = false;
  }

  boolean isPaid() {
    return !measuring && kept.to() >= owed;
  }

  /** From now on what comes is read and dropped. */
  void discard() {
    discarding = true;
    heldBack = false;
    measuring = false;
    retryAt = 0;
    trouble = "";
  }

  /** It is of no use any more. */
  void close() {
    closing = true;
  }

  /** The mover's next step, or null when it may go. */
  Step next(long released) throws IOException {
    movingSince = System.nanoTime();
    if (!isOpen() || resting) {
      return null;
    }
    if (closing) {
      return new Step.Close();
    }
    if (discarding) {
      return new Step.Drop();
    }
    if (measuring) {
      return new Step.Measure();
    }
    JobStream.Place place = kept.prepare(released, owed);
    heldBack = place == null;
    return place == null ? null : new Step.Keep(place);
  }

  /** The mover goes. */
  void rest() {
    moving = false;
    resting = false;
  }

  /** May wait. */
  long carryOut(Step step) throws IOException {
    return switch (step) {
      case Step.Close _ -> {
        kept.closeFile();
        LibC.close(fifo);
        yield 0;
      }
      case Step.Measure _ -> JobCalls.waiting(fifo);
      case Step.Drop _ -> drop();
      case Step.Keep keep -> kept.move(fifo, keep.place());
    };
  }

  private long drop() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return LibC.read(fifo, arena.allocate(CHUNK));
    }
  }

  /** Waits a little for more, then rests if nothing came. */
  void linger(int millis) throws IOException {
    if (!LibC.poll(fifo, LibC.POLLIN, millis)) {
      resting = true;
    }
  }

  /** Takes note of what a step came to. Returns whether there may be more. */
  boolean done(Step step, long result, long released) throws IOException {
    switch (step) {
      case Step.Close _ -> fifo = -1;
      case Step.Measure _ -> {
        owed = kept.to() + kept.underWay() + result;
        measuring = false;
      }
      case Step.Drop _ -> closing |= result <= 0 && result != LibC.AGAIN;
      case Step.Keep keep -> {
        if (kept.moved(keep.place(), result, released) || result == LibC.AGAIN) {
          retryAt = 0;
          trouble = "";
        } else if (result == JobCalls.FULL) {
          fail("no space is left on the guest's disk: it waits");
        } else if (result == JobCalls.FAILED) {
          fail("its output cannot be kept");
        }
        closing |= result == 0;
      }
    }
    return !closing && retryAt == 0;
  }

  /** Tries again later. */
  void fail(String words) {
    trouble = words;
    retryAt = System.nanoTime() + RETRY_NANOS;
    resting = true;
  }

  /** A byte of a FIFO that says something by being there; as {@link LibC#read}. */
  static int peek(int fifo) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      return LibC.read(fifo, one);
    }
  }
}
