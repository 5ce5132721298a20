package dev.banger.protocol;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One of the many streams on a link: two independent directions, each with its own flow control. A
 * reader that does not read stops the writer of this stream and of no other.
 */
public final class MuxStream implements Closeable {
  private static final long NEVER = Long.MAX_VALUE;

  private final Mux mux;
  private final int id;
  private final ReentrantLock lock;
  private final Outbound outbound;
  private final ByteRing received = new ByteRing(Protocol.INITIAL_WINDOW);
  private final Condition changed;
  private final InputStream in = new In();
  private final OutputStream out = new Out();

  private int sendWindow = Protocol.INITIAL_WINDOW;
  private int receiveWindow = Protocol.INITIAL_WINDOW;
  private int consumed;
  private int nextFlags;
  private boolean readEnded;
  private boolean writeEnded;
  private String resetReason;
  private long deadline = NEVER;

  MuxStream(Mux mux, int id, ReentrantLock lock, Outbound outbound, int firstFlags) {
    this.mux = mux;
    this.id = id;
    this.lock = lock;
    this.outbound = outbound;
    this.changed = lock.newCondition();
    this.nextFlags = firstFlags;
  }

  public int id() {
    return id;
  }

  /** What the peer sends. Closing it gives nothing back; close the stream. */
  public InputStream in() {
    return in;
  }

  /** What the peer receives. Closing it is the end of file there. */
  public OutputStream out() {
    return out;
  }

  /**
   * Until when reads and writes may wait; from then on they throw {@link DeadlineException}. Bytes
   * that have arrived can still be read.
   *
   * @param nanoTime on the scale of {@link System#nanoTime()}
   */
  public void setDeadline(long nanoTime) {
    lock.lock();
    try {
      deadline = nanoTime == NEVER ? NEVER - 1 : nanoTime;
      changed.signalAll();
      outbound.drained().signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Reads and writes may wait for ever. */
  public void clearDeadline() {
    lock.lock();
    try {
      deadline = NEVER;
    } finally {
      lock.unlock();
    }
  }

  /** Whether neither side nor the link has ended it before its time. */
  public boolean isOpen() {
    lock.lock();
    try {
      return resetReason == null;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the stream up: the peer's reads and writes fail. May be repeated. */
  public void reset() {
    lock.lock();
    try {
      if (resetReason == null && !(readEnded && writeEnded)) {
        mux.control(MuxFrame.WINDOW, MuxFrame.RST | nextFlags, id, 0);
        endWith("the stream was closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream: without a trace when both directions are at their end, else a reset. */
  @Override
  public void close() {
    reset();
  }

  /** The peer, or the link, ended it; or both directions are done. Wants the lock. */
  void endWith(String reason) {
    if (resetReason == null) {
      resetReason = reason;
      received.clear();
    }
    mux.forget(id);
    changed.signalAll();
    outbound.drained().signalAll();
  }

  /** Payload from the peer. Wants the lock. */
  void onData(byte[] bytes, int length) throws ProtocolException {
    if (length > receiveWindow || (readEnded && length > 0)) {
      throw new ProtocolException("stream " + id + " got " + length + " bytes it did not grant");
    }
    receiveWindow -= length;
    if (resetReason == null && length > 0) {
      received.add(bytes, 0, length);
      changed.signalAll();
    }
  }

  /** A grant from the peer. Wants the lock. */
  void onGrant(int bytes) throws ProtocolException {
    if (bytes > Protocol.INITIAL_WINDOW - sendWindow) {
      throw new ProtocolException("stream " + id + " was granted more than its window");
    }
    sendWindow += bytes;
    outbound.drained().signalAll();
  }

  /** The peer sends no more. Wants the lock. */
  void onFin() {
    readEnded = true;
    changed.signalAll();
    forgetWhenDone();
  }

  private void forgetWhenDone() {
    if (readEnded && writeEnded) {
      mux.forget(id);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void await(Condition condition) throws IOException {
    try {
      if (deadline == NEVER) {
        condition.await();
      } else {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new DeadlineException("the deadline passed");
        }
        condition.await(left, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private int takeFlags() {
    int flags = nextFlags;
    nextFlags = 0;
    return flags;
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      lock.lock();
      try {
        while (received.size() == 0) {
          if (resetReason != null) {
            throw new StreamResetException(resetReason);
          }
          if (readEnded) {
            return -1;
          }
          MuxStream.this.await(changed);
        }
        int count = received.take(to, offset, length);
        consumed += count;
        if (consumed >= Protocol.INITIAL_WINDOW / 2 && !readEnded) {
          receiveWindow += consumed;
          mux.control(MuxFrame.WINDOW, takeFlags(), id, consumed);
          consumed = 0;
        }
        return count;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int available() {
      lock.lock();
      try {
        return received.size();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      lock.lock();
      try {
        int done = 0;
        while (done < length) {
          int room = room();
          while (room <= 0) {
            MuxStream.this.await(outbound.drained());
            room = room();
          }
          int count = Math.min(room, length - done);
          outbound.data(takeFlags(), id, bytes, offset + done, count);
          sendWindow -= count;
          done += count;
        }
      } finally {
        lock.unlock();
      }
    }

    private int room() throws IOException {
      if (resetReason != null) {
        throw new StreamResetException(resetReason);
      }
      if (writeEnded) {
        throw new IOException("the stream is closed for writing");
      }
      return Math.min(Math.min(sendWindow, outbound.room()), Protocol.MAX_FRAME);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!writeEnded && resetReason == null) {
          writeEnded = true;
          mux.control(MuxFrame.DATA, MuxFrame.FIN | takeFlags(), id, 0);
          forgetWhenDone();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
