package dev.banger.agent;

import dev.banger.protocol.GuestMessage.JobConnect;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The way into a job: who may send, and how much has been sent. */
final class JobInput {
  private static final int POLL_MILLIS = 200;
  private static final int END_OF_FILE = 4;

  /** Somebody who sends. */
  private record Sender(Object who, boolean alone, BooleanSupplier here) {}

  private final JobFiles files;
  private final boolean terminal;
  private final List<Sender> senders = new ArrayList<>();
  private final Object writing = new Object();
  private final JobMovers movers;

  /** Somebody writes, for as long as a program holds the FIFO, and has it to himself. */
  private boolean busy;

  private int fifo = -1;
  private RandomAccessFile counter;
  private volatile boolean ended;
  private volatile long bytes;

  JobInput(JobFiles files, boolean terminal, JobMovers movers) {
    this.files = files;
    this.movers = movers;
    this.terminal = terminal;
    this.ended = files.isInputEnded();
    this.bytes = readCount();
  }

  private long readCount() {
    try (RandomAccessFile count = new RandomAccessFile(count(), "r")) {
      return Math.max(0, count.readLong());
    } catch (IOException e) {
      return 0;
    }
  }

  private String count() {
    return files.directory().resolve("input-count").toString();
  }

  long bytes() {
    return bytes;
  }

  boolean isOpen() {
    return !ended;
  }

  /**
   * @param mode one of those of {@link JobConnect}
   * @param here whether that sender is still connected: one that is not has nothing to defend
   */
  synchronized boolean claim(Object who, int mode, BooleanSupplier here) {
    if (mode == JobConnect.NO_INPUT) {
      return true;
    }
    boolean alone = mode == JobConnect.ALONE;
    senders.removeIf(sender -> !sender.here().getAsBoolean());
    for (Sender sender : senders) {
      if (alone || sender.alone()) {
        return false;
      }
    }
    senders.add(new Sender(who, alone, here));
    return true;
  }

  synchronized void release(Object who) {
    senders.removeIf(sender -> sender.who().equals(who));
  }

  synchronized boolean mayWrite(Object who) {
    return senders.stream().anyMatch(sender -> sender.who().equals(who));
  }

  /**
   * Waits while the job does not read. What a job no longer wants is dropped, which is its right.
   */
  void write(byte[] payload, BooleanSupplier wanted) throws IOException {
    synchronized (writing) {
      if (!enter()) {
        return;
      }
      try {
        if (fifo < 0) {
          fifo = JobCalls.openFifo(files.fifo("in"), JobCalls.WRITE);
          if (fifo < 0) {
            ended = true;
          }
        }
        send(payload, wanted);
      } finally {
        leave();
      }
    }
  }

  private void send(byte[] payload, BooleanSupplier wanted) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, payload.length));
      MemorySegment.copy(payload, 0, buffer, ValueLayout.JAVA_BYTE, 0, payload.length);
      int done = 0;
      while (done < payload.length && !ended && wanted.getAsBoolean()) {
        int count = LibC.write(fifo, buffer.asSlice(done, payload.length - done));
        if (count == LibC.AGAIN) {
          LibC.poll(fifo, LibC.POLLOUT, POLL_MILLIS);
        } else if (count < 0) {
          ended = true;
        } else {
          done += count;
          add(count);
        }
      }
    }
  }

  private synchronized boolean enter() {
    busy = !ended;
    return busy;
  }

  private synchronized void leave() {
    busy = false;
    if (ended) {
      closeFifo();
    }
  }

  /** On a terminal control-D is typed: there is no other end. */
  void end(BooleanSupplier wanted) throws IOException {
    if (terminal) {
      write(new byte[] {END_OF_FILE}, wanted);
      return;
    }
    synchronized (writing) {
      if (!ended) {
        files.markInputEnded();
        close();
        // Without a holder there is no command either.
        JobHolder.tell(files.fifo("ctl"), JobHolder.END_INPUT);
      }
    }
  }

  /** The job is over, or the agent lets go of it. Does not wait for whoever writes. */
  synchronized void close() {
    ended = true;
    if (!busy) {
      closeFifo();
    }
  }

  private void add(int count) throws IOException {
    long now = bytes + count;
    bytes = now;
    if (counter == null) {
      counter = new RandomAccessFile(count(), "rw");
    }
    counter.seek(0);
    counter.writeLong(now);
  }

  private void closeFifo() {
    if (fifo >= 0) {
      movers.close(fifo);
      fifo = -1;
    }
    if (counter != null) {
      try {
        counter.close();
      } catch (IOException e) {
        Log.line("job " + files.id() + ": " + e);
      }
      counter = null;
    }
  }
}
