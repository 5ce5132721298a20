package dev.banger.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The host's half of {@link LinkSync}.
 *
 * <p>The agent may be in the middle of a frame of which the rest will never come, because an
 * earlier host died while writing it. It would take the request for the rest of that frame. So when
 * there is no answer, the request is repeated behind as many zeros as the largest frame has bytes:
 * they complete the frame, and between frames zeros mean nothing. The answer that counts is the one
 * to the last request.
 */
public final class HostSync {
  private static final long FIRST_WAIT_MILLIS = 1_000;
  private static final long LONGEST_WAIT_MILLIS = 10_000;

  private final LinkInput in;
  private final OutputStream out;
  private final ThreadFactory threads;
  private final SecureRandom random = new SecureRandom();
  private final List<byte[]> sent = new ArrayList<>();
  private boolean alive;
  private boolean done;
  private IOException failure;

  /**
   * @param threads for the one thread that sends, while {@link #run} listens
   */
  public HostSync(LinkInput in, OutputStream out, ThreadFactory threads) {
    this.in = in;
    this.threads = threads;
    this.out = out;
  }

  /**
   * Brings the link into step. Blocks until the agent answers: whoever wants it to end earlier
   * closes the connection.
   *
   * @throws IOException when the connection ended
   */
  public void run() throws IOException {
    Thread sender = threads.newThread(this::send);
    sender.start();
    try {
      while (!isAnswer(LinkSync.awaitAnswer(in))) {
        // An answer to an earlier host, or to an earlier request of this one, which the agent got
        // late: it reads on, so it answers the last one too.
      }
    } finally {
      finish();
      join(sender);
    }
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  private synchronized boolean isAnswer(byte[] nonce) {
    for (byte[] own : sent) {
      alive |= Arrays.equals(nonce, own);
    }
    done = !sent.isEmpty() && Arrays.equals(nonce, sent.getLast());
    return done;
  }

  private synchronized void finish() {
    done = true;
    notifyAll();
  }

  private static void join(Thread sender) throws IOException {
    try {
      // It holds no lock and waits only for the connection, which is whole or closed.
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void send() {
    try {
      long wait = FIRST_WAIT_MILLIS;
      byte[] request = next();
      while (request.length > 0) {
        out.write(request);
        out.flush();
        boolean again = pause(wait);
        wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
        request = again ? padded(next()) : new byte[0];
      }
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  private synchronized byte[] next() {
    if (done) {
      return new byte[0];
    }
    byte[] nonce = new byte[LinkSync.NONCE];
    random.nextBytes(nonce);
    sent.add(nonce);
    return LinkSync.request(nonce);
  }

  private static byte[] padded(byte[] request) {
    if (request.length == 0) {
      return request;
    }
    byte[] all = new byte[Protocol.MAX_FRAME + request.length];
    System.arraycopy(request, 0, all, Protocol.MAX_FRAME, request.length);
    return all;
  }

  /** Whether another request is called for after {@code millis} of silence. */
  private synchronized boolean pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    try {
      while (!done && (left > 0 || alive)) {
        wait(alive ? 0 : left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !done;
  }
}
