package dev.banger.client;

import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** The input of a session. Its end is kept, so that what did not arrive can be sent again. */
final class SessionInput extends OutputStream {
  /** More than can be under way between here and the session: some 600 KiB. */
  private static final int KEPT = 1 << 20;

  private final byte[] ring = new byte[KEPT];
  private final long first;
  private final Consumer<IOException> lost;
  private ByteStream stream;
  private long sent;
  private boolean ended;

  /**
   * @param position how much the session was sent before
   * @param lost told when the connection is, which whoever reads may not notice for long
   */
  SessionInput(long position, Consumer<IOException> lost) {
    this.lost = lost;
    this.first = position;
    this.sent = position;
  }

  /** Sends what the session has not, from a position on that is in what is kept. */
  synchronized void connected(ByteStream fresh, long arrived, boolean isOpen) {
    stream = fresh;
    if (arrived < Math.max(first, sent - KEPT) || arrived > sent) {
      throw new RpcException(
          "conflict",
          "the session was sent " + arrived + " bytes, and not all of them from here",
          "attach anew");
    }
    try {
      byte[] part = new byte[ByteFrames.MAX_PAYLOAD];
      for (long at = arrived; at < sent; ) {
        int from = (int) (at % KEPT);
        int count = (int) Math.min(Math.min(part.length, KEPT - from), sent - at);
        System.arraycopy(ring, from, part, 0, count);
        stream.input(part, 0, count);
        at += count;
      }
      if (ended && isOpen) {
        stream.endInput();
      }
    } catch (IOException e) {
      // Whoever reads is told, and may try again.
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Keeps all of it, also when sending fails: what did not arrive is sent again. */
  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    if (ended) {
      throw new IOException("the end of the input was sent before");
    }
    IOException failure = null;
    for (int done = 0; done < length; ) {
      int at = (int) (sent % KEPT);
      int count = Math.min(Math.min(length - done, ByteFrames.MAX_PAYLOAD), KEPT - at);
      System.arraycopy(bytes, offset + done, ring, at, count);
      sent += count;
      done += count;
      try {
        if (failure == null) {
          stream.input(ring, at, count);
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      lost.accept(failure);
      throw failure;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!ended) {
      ended = true;
      stream.endInput();
    }
  }
}
