package dev.banger.plugin.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One client over TCP. Queries may follow each other without waiting; while the client does not
 * take its answers, no more of its queries are read.
 */
final class TcpConnection {
  /** Queries are short: a name has at most 255 bytes. */
  static final int MAX_QUERY = 4096;

  /** Answers that wait for the client. */
  static final int MAX_WAITING = 64 * 1024;

  private static final int LENGTH = 2;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Responder responder;
  private final ByteBuffer in = ByteBuffer.allocate(LENGTH + MAX_QUERY);
  private final Deque<ByteBuffer> out = new ArrayDeque<>();
  private int waiting;
  private boolean ended;
  private long active;

  TcpConnection(SocketChannel channel, SelectionKey key, Responder responder, long now) {
    this.channel = channel;
    this.key = key;
    this.responder = responder;
    this.active = now;
  }

  /** When it last asked a whole query or took a part of an answer. */
  long active() {
    return active;
  }

  /**
   * Does what can be done without waiting.
   *
   * @return whether it goes on
   */
  boolean turn(long now) throws IOException {
    if (!ended && waiting < MAX_WAITING && channel.read(in) < 0) {
      ended = true;
    }
    boolean sound;
    do {
      sound = answerAll(now);
      send(now);
    } while (sound && out.isEmpty() && holdsQuery());
    if (!sound || (ended && out.isEmpty())) {
      return false;
    }
    int interest = out.isEmpty() ? 0 : SelectionKey.OP_WRITE;
    if (!ended && waiting < MAX_WAITING) {
      interest |= SelectionKey.OP_READ;
    }
    key.interestOps(interest);
    return true;
  }

  private boolean holdsQuery() {
    return in.position() >= LENGTH && in.position() >= LENGTH + length();
  }

  private int length() {
    return in.getShort(0) & 0xffff;
  }

  /** False when this is not DNS. */
  private boolean answerAll(long now) {
    while (waiting < MAX_WAITING && in.position() >= LENGTH) {
      if (length() > MAX_QUERY) {
        return false;
      }
      if (!holdsQuery()) {
        break;
      }
      byte[] query = new byte[length()];
      in.get(LENGTH, query);
      in.flip().position(LENGTH + query.length);
      in.compact();
      active = now;
      Optional<byte[]> reply = responder.respond(query, true);
      if (reply.isEmpty()) {
        return false;
      }
      ByteBuffer framed = ByteBuffer.allocate(LENGTH + reply.get().length);
      framed.putShort((short) reply.get().length).put(reply.get()).flip();
      waiting += framed.remaining();
      out.add(framed);
    }
    return true;
  }

  private void send(long now) throws IOException {
    while (!out.isEmpty()) {
      int sent = channel.write(out.peek());
      waiting -= sent;
      if (sent > 0) {
        active = now;
      }
      if (out.peek().hasRemaining()) {
        return;
      }
      out.remove();
    }
  }
}
