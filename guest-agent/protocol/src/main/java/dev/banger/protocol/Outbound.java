package dev.banger.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames on their way out, and the one thread that writes them.
 *
 * <p>Whoever has a frame to send puts it here and never touches the connection, so no caller waits
 * longer than its own deadline, and the reader of a connection never blocks on writing to it: two
 * peers that both did would wait for each other for ever. Payload is admitted up to {@link #ROOM};
 * control frames have a reserve beyond it, which only a peer that floods can exhaust.
 *
 * <p>All methods but {@link #run} want the multiplexer's lock held.
 */
final class Outbound {
  private static final int ROOM = 128 * 1024;
  private static final int RESERVE = 64 * 1024;

  private final ReentrantLock lock;
  private final OutputStream out;
  private final ByteRing queue = new ByteRing(ROOM + RESERVE);
  private final byte[] header = new byte[MuxFrame.HEADER];
  private final Condition filled;
  private final Condition drained;
  private boolean closed;
  private IOException failure;

  Outbound(ReentrantLock lock, OutputStream out) {
    this.lock = lock;
    this.out = out;
    this.filled = lock.newCondition();
    this.drained = lock.newCondition();
  }

  /** How much payload the next frame may carry; 0 or less when full. */
  int room() {
    return ROOM - queue.size() - MuxFrame.HEADER;
  }

  /** Signalled when there is room again, or none will ever be. */
  Condition drained() {
    return drained;
  }

  void data(int flags, int stream, byte[] bytes, int offset, int length) {
    MuxFrame.encode(header, MuxFrame.DATA, flags, stream, length);
    queue.add(header, 0, MuxFrame.HEADER);
    queue.add(bytes, offset, length);
    filled.signal();
  }

  /** Returns false when the reserve is exhausted. */
  boolean control(int type, int flags, int stream, int value) {
    if (closed) {
      return true;
    }
    if (queue.size() > ROOM + RESERVE - MuxFrame.HEADER) {
      return false;
    }
    MuxFrame.encode(header, type, flags, stream, value);
    queue.add(header, 0, MuxFrame.HEADER);
    filled.signal();
    return true;
  }

  void close() {
    closed = true;
    queue.clear();
    filled.signalAll();
    drained.signalAll();
  }

  /** Why writing ended; null when it was closed or still runs. */
  IOException failure() {
    return failure;
  }

  void run() {
    byte[] chunk = new byte[Protocol.FIRST_BUFFER];
    try {
      int count = next(chunk);
      while (count > 0) {
        out.write(chunk, 0, count);
        out.flush();
        if (count == chunk.length && count < Protocol.MAX_FRAME) {
          chunk = new byte[Protocol.MAX_FRAME];
        }
        count = next(chunk);
      }
    } catch (IOException e) {
      lock.lock();
      try {
        failure = e;
        close();
      } finally {
        lock.unlock();
      }
    }
  }

  private int next(byte[] chunk) {
    lock.lock();
    try {
      while (queue.size() == 0 && !closed) {
        filled.awaitUninterruptibly();
      }
      int count = closed ? 0 : queue.take(chunk, 0, chunk.length);
      drained.signalAll();
      return count;
    } finally {
      lock.unlock();
    }
  }
}
