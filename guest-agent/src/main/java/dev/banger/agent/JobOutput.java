package dev.banger.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One output of a job on its way from the FIFO to the disk. Wants the job's monitor. */
final class JobOutput {
  /** So that a job that writes without end leaves the others their turn. */
  private static final int TURNS = 16;

  private static final long RETRY_NANOS = 1_000_000_000;
  private static final int CHUNK = 64 * 1024;

  final JobStream kept;
  private int fifo = -1;
  private boolean heldBack;
  private boolean full;
  private boolean discarding;
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

  /** What to wait for, or -1. */
  int watched() {
    return heldBack || full ? -1 : fifo;
  }

  boolean isHeldBack() {
    return heldBack;
  }

  boolean isFull() {
    return full;
  }

  /** Furthest position that anybody has read up to. */
  long taken() {
    return taken;
  }

  void taken(long position) {
    taken = Math.max(taken, position);
  }

  /** What the command itself wrote is all in the FIFO now; it is taken whoever reads. */
  void commandEnded() throws IOException {
    owed = isOpen() ? kept.to() + JobCalls.waiting(fifo) : 0;
  }

  boolean isPaid() {
    return kept.to() >= owed;
  }

  /** From now on what comes is read and dropped. */
  void discard() {
    discarding = true;
    kept.closeFile();
  }

  /**
   * Takes what is there.
   *
   * @param released what may be dropped for it
   * @return whether anything came, or the end
   */
  boolean turn(long released) throws IOException {
    boolean moved = false;
    heldBack = false;
    full = false;
    for (int i = 0; i < TURNS && isOpen(); i++) {
      long count = discarding ? drop() : kept.take(fifo, released, owed);
      if (count > 0) {
        moved = true;
      } else if (count == 0) {
        close();
        return true;
      } else {
        heldBack = count == JobStream.HELD_BACK;
        full = count == JobCalls.FULL;
        if (count == JobCalls.FAILED) {
          throw new IOException("its output cannot be kept");
        }
        return moved;
      }
    }
    return moved;
  }

  static long retryNanos() {
    return RETRY_NANOS;
  }

  private long drop() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return LibC.read(fifo, arena.allocate(CHUNK));
    }
  }

  /** The end, or as good as that. */
  void close() {
    if (fifo >= 0) {
      LibC.close(fifo);
      fifo = -1;
    }
    kept.closeFile();
  }

  /** A byte of a FIFO that says something by being there; as {@link LibC#read}. */
  static int peek(int fifo) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      return LibC.read(fifo, one);
    }
  }
}
