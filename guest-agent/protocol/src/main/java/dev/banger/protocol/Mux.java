package dev.banger.protocol;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Many streams over one connection, each with its own flow control: what yamux does, with the same
 * frames. Either side opens streams; the host's have odd numbers, the agent's even ones.
 *
 * <p>Two threads drive it: one runs {@link #run}, one runs {@link #write}. Both end when the
 * connection does. The connection itself belongs to whoever made it and is not closed here.
 *
 * <p>A peer that breaks a rule (unknown frame, too large a frame, more bytes than granted) ends the
 * connection; a peer that opens more streams than allowed has them refused.
 */
public final class Mux implements Closeable {
  /** Which numbers a side's own streams have, and whether it takes a fresh SYNC. */
  public enum Side {
    HOST(1),
    AGENT(2);

    private final int firstStream;

    Side(int firstStream) {
      this.firstStream = firstStream;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition accepted = lock.newCondition();
  private final Condition ponged = lock.newCondition();
  private final Side side;
  private final int maxIncoming;
  private final LinkInput in;
  private final Outbound outbound;
  private final Map<Integer, MuxStream> streams = new HashMap<>();
  private final Queue<MuxStream> backlog = new ArrayDeque<>();
  private final List<Runnable> endListeners = new ArrayList<>();

  private int nextOwn;
  private int lastForeign;
  private int incoming;
  private int pings;
  private int pongs;
  private boolean peerGoesAway;
  private String endReason;

  /**
   * @param maxIncoming how many streams the peer may have open here at once
   */
  public Mux(LinkInput in, OutputStream out, Side side, int maxIncoming) {
    this.in = in;
    this.side = side;
    this.maxIncoming = maxIncoming;
    this.outbound = new Outbound(lock, out);
    this.nextOwn = side.firstStream;
  }

  /** To be run by a thread of its own: writes what there is to write, until the end. */
  public void write() {
    outbound.run();
    IOException failure = outbound.failure();
    if (failure != null) {
      end("cannot write to the link: " + failure.getMessage());
    }
  }

  /**
   * Reads frames until the connection ends, is closed, or breaks a rule. Returns why, for a log; by
   * then all streams are reset.
   */
  public String run() {
    String why = "the connection ended";
    byte[] header = new byte[MuxFrame.HEADER];
    byte[] payload = new byte[Protocol.FIRST_BUFFER];
    try {
      while (awaitFrame()) {
        in.readFully(header, MuxFrame.HEADER);
        MuxFrame frame = MuxFrame.decode(header);
        if (frame.type() == MuxFrame.DATA) {
          if (frame.length() > payload.length) {
            payload = new byte[Protocol.MAX_FRAME];
          }
          in.readFully(payload, frame.length());
        }
        handle(frame, payload);
      }
    } catch (IOException e) {
      why = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    end(why);
    return reason();
  }

  /**
   * Opens a stream. Does not wait for the peer: one that takes no more streams resets it.
   *
   * @throws StreamResetException when the link has ended or the peer takes no more streams
   */
  public MuxStream open() throws IOException {
    lock.lock();
    try {
      insistOnOpen();
      if (peerGoesAway) {
        throw new StreamResetException("the peer takes no more streams");
      }
      if (streams.size() - incoming >= Protocol.MAX_STREAMS || nextOwn < 0) {
        throw new IOException("all " + Protocol.MAX_STREAMS + " streams of the link are in use");
      }
      MuxStream stream = new MuxStream(this, nextOwn, lock, outbound, 0);
      streams.put(nextOwn, stream);
      control(MuxFrame.WINDOW, MuxFrame.SYN, nextOwn, 0);
      nextOwn += 2;
      return stream;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next stream the peer opened, or null when the link has ended.
   *
   * @param nanos how long to wait at most
   * @throws DeadlineException when none came in time
   */
  public MuxStream accept(long nanos) throws IOException, InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (backlog.isEmpty()) {
        if (endReason != null) {
          return null;
        }
        if (left <= 0) {
          throw new DeadlineException("the peer opened no stream in time");
        }
        left = accepted.awaitNanos(left);
      }
      return backlog.remove();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asks the peer for a sign of life.
   *
   * @throws DeadlineException when there is none in time
   */
  public void ping(long nanos) throws IOException, InterruptedException {
    lock.lock();
    try {
      insistOnOpen();
      int mine = ++pings;
      control(MuxFrame.PING, MuxFrame.SYN, 0, mine);
      long left = nanos;
      while (pongs - mine < 0) {
        insistOnOpen();
        if (left <= 0) {
          throw new DeadlineException("no answer to a ping in time");
        }
        left = ponged.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells the peer to open no more streams; those that are open go on. */
  public void goAway() {
    lock.lock();
    try {
      control(MuxFrame.GO_AWAY, 0, 0, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Ends all streams. What was queued and not yet written is lost. */
  @Override
  public void close() {
    end("the link was closed");
  }

  /** Called once when the link has ended, or at once when it already has; must not block. */
  public void onEnd(Runnable listener) {
    boolean now;
    lock.lock();
    try {
      now = endReason != null;
      if (!now) {
        endListeners.add(listener);
      }
    } finally {
      lock.unlock();
    }
    if (now) {
      listener.run();
    }
  }

  public boolean isOpen() {
    lock.lock();
    try {
      return endReason == null;
    } finally {
      lock.unlock();
    }
  }

  /** Why the link ended; empty while it lasts. */
  public String reason() {
    lock.lock();
    try {
      return endReason == null ? "" : endReason;
    } finally {
      lock.unlock();
    }
  }

  /** Wants the lock. */
  void control(int type, int flags, int stream, int value) {
    if (!outbound.control(type, flags, stream, value)) {
      endLocked("the peer asks for more answers than it reads");
    }
  }

  /** Wants the lock. */
  void forget(int id) {
    if (streams.remove(id) != null && isForeign(id)) {
      incoming--;
    }
  }

  private boolean isForeign(int id) {
    return (id & 1) != (side.firstStream & 1);
  }

  private void insistOnOpen() throws StreamResetException {
    if (endReason != null) {
      throw new StreamResetException(endReason);
    }
  }

  /**
   * Waits for the next frame; false when none will come. An agent skips padding, and stops before a
   * fresh SYNC, which the host sends again until it is answered: with {@link #awaitFrame} ahead of
   * any work for a session, requests that were never needed cost next to nothing.
   */
  public boolean awaitFrame() throws IOException {
    int next = in.peek();
    while (next == 0 && side == Side.AGENT) {
      in.skipZeros();
      next = in.peek();
    }
    boolean fresh = next == LinkSync.FIRST_BYTE;
    if (fresh && side == Side.HOST) {
      throw new ProtocolException("the agent was started anew");
    }
    return next >= 0 && !fresh && isOpen();
  }

  private void handle(MuxFrame frame, byte[] payload) throws ProtocolException {
    lock.lock();
    try {
      if (endReason != null) {
        return;
      }
      switch (frame.type()) {
        case MuxFrame.DATA, MuxFrame.WINDOW -> handleStream(frame, payload);
        case MuxFrame.PING -> handlePing(frame);
        default -> peerGoesAway = true;
      }
    } finally {
      lock.unlock();
    }
  }

  private void handlePing(MuxFrame frame) {
    if (frame.has(MuxFrame.SYN)) {
      control(MuxFrame.PING, MuxFrame.ACK, 0, frame.length());
    } else if (frame.has(MuxFrame.ACK)) {
      pongs = frame.length();
      ponged.signalAll();
    }
  }

  private void handleStream(MuxFrame frame, byte[] payload) throws ProtocolException {
    int id = frame.stream();
    MuxStream stream = frame.has(MuxFrame.SYN) ? welcome(id) : streams.get(id);
    if (stream == null) {
      // Frames that were under way when this side gave the stream up. Anything else is a lie.
      boolean known = isForeign(id) ? id <= lastForeign : id < nextOwn;
      if (!known) {
        throw new ProtocolException("frame for stream " + id + ", which was never opened");
      }
      return;
    }
    if (frame.has(MuxFrame.RST)) {
      stream.endWith("the peer gave the stream up");
      return;
    }
    if (frame.type() == MuxFrame.DATA) {
      stream.onData(payload, frame.length());
    } else {
      stream.onGrant(frame.length());
    }
    if (frame.has(MuxFrame.FIN)) {
      stream.onFin();
    }
  }

  private MuxStream welcome(int id) throws ProtocolException {
    if (!isForeign(id) || id <= lastForeign) {
      throw new ProtocolException("stream " + id + " opened out of turn");
    }
    lastForeign = id;
    if (incoming >= maxIncoming) {
      control(MuxFrame.WINDOW, MuxFrame.RST, id, 0);
      return null;
    }
    MuxStream stream = new MuxStream(this, id, lock, outbound, MuxFrame.ACK);
    streams.put(id, stream);
    incoming++;
    backlog.add(stream);
    accepted.signal();
    return stream;
  }

  private void end(String why) {
    lock.lock();
    try {
      endLocked(why);
    } finally {
      lock.unlock();
    }
    List<Runnable> listeners;
    lock.lock();
    try {
      listeners = new ArrayList<>(endListeners);
      endListeners.clear();
    } finally {
      lock.unlock();
    }
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  private void endLocked(String why) {
    if (endReason != null) {
      return;
    }
    endReason = why;
    List<MuxStream> all = new ArrayList<>(streams.values());
    for (MuxStream stream : all) {
      stream.endWith("the link ended: " + why);
    }
    backlog.clear();
    outbound.close();
    accepted.signalAll();
    ponged.signalAll();
  }
}
