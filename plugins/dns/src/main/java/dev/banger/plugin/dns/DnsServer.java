package dev.banger.plugin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Answers over UDP and TCP on one port, in one thread: what it holds is bounded, and gone when that
 * thread ends. Used by one thread after {@link #bind}.
 */
final class DnsServer implements AutoCloseable {
  /** Open at a time; one more, and the one that was silent longest is closed. */
  static final int MAX_CONNECTIONS = 100;

  static final Duration IDLE = Duration.ofSeconds(10);

  private static final int BACKLOG = 128;
  private static final int PORT_TRIES = 20;
  private static final long TICK_MILLIS = 1000;

  /** Of UDP before TCP has its turn. */
  private static final int BURST = 64;

  private final Responder responder;
  private final Duration idle;
  private final Selector selector;
  private final DatagramChannel udp;
  private final ServerSocketChannel tcp;
  private final SelectionKey udpKey;
  private final SelectionKey tcpKey;
  private final InetSocketAddress address;
  private final ByteBuffer packet = ByteBuffer.allocateDirect(TcpConnection.MAX_QUERY + 1);
  private final Map<SelectionKey, TcpConnection> connections = new HashMap<>();

  private DnsServer(
      Responder responder,
      Duration idle,
      Selector selector,
      DatagramChannel udp,
      ServerSocketChannel tcp)
      throws IOException {
    this.responder = responder;
    this.idle = idle;
    this.selector = selector;
    this.udp = udp;
    this.tcp = tcp;
    this.address = (InetSocketAddress) udp.getLocalAddress();
    udp.configureBlocking(false);
    tcp.configureBlocking(false);
    udpKey = udp.register(selector, SelectionKey.OP_READ);
    tcpKey = tcp.register(selector, SelectionKey.OP_ACCEPT);
  }

  /**
   * @param wanted port 0: any that is free for both
   * @throws IOException when the address is in use or not this host's; nothing is open then
   */
  static DnsServer bind(InetSocketAddress wanted, Responder responder, Duration idle)
      throws IOException {
    for (int left = PORT_TRIES; ; left--) {
      try {
        return bindOnce(wanted, responder, idle);
      } catch (IOException e) {
        if (wanted.getPort() != 0 || left == 0) {
          throw e;
        }
      }
    }
  }

  private static DnsServer bindOnce(InetSocketAddress wanted, Responder responder, Duration idle)
      throws IOException {
    Selector selector = Selector.open();
    DatagramChannel udp = null;
    ServerSocketChannel tcp = null;
    try {
      udp = DatagramChannel.open();
      udp.bind(wanted);
      tcp = ServerSocketChannel.open();
      // A port that was just given up has connections in TIME_WAIT.
      tcp.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      tcp.bind(udp.getLocalAddress(), BACKLOG);
      return new DnsServer(responder, idle, selector, udp, tcp);
    } catch (IOException | RuntimeException e) {
      for (AutoCloseable opened : new AutoCloseable[] {tcp, udp, selector}) {
        closeQuietly(opened);
      }
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /** Answers until its thread is interrupted. */
  void run() throws IOException {
    while (!Thread.currentThread().isInterrupted()) {
      selector.select(connections.isEmpty() && tcpKey.interestOps() != 0 ? 0 : TICK_MILLIS);
      long now = System.nanoTime();
      tcpKey.interestOps(SelectionKey.OP_ACCEPT);
      Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
      while (ready.hasNext() && !Thread.currentThread().isInterrupted()) {
        SelectionKey key = ready.next();
        ready.remove();
        if (key.equals(udpKey)) {
          answerPackets();
        } else if (key.equals(tcpKey)) {
          accept(now);
        } else if (key.isValid()) {
          turn(key, now);
        }
      }
      closeIdle(now);
    }
  }

  private void answerPackets() throws IOException {
    for (int i = 0; i < BURST && !Thread.currentThread().isInterrupted(); i++) {
      packet.clear();
      SocketAddress from = udp.receive(packet);
      if (from == null) {
        return;
      }
      packet.flip();
      if (packet.remaining() > TcpConnection.MAX_QUERY) {
        continue;
      }
      byte[] query = new byte[packet.remaining()];
      packet.get(query);
      Optional<byte[]> reply = responder.respond(query, false);
      if (reply.isPresent()) {
        try {
          // What does not fit into the socket's buffer is lost, as packets are.
          udp.send(ByteBuffer.wrap(reply.get()), from);
        } catch (IOException e) {
          if (!udp.isOpen()) {
            throw e;
          }
          // Nobody can be reached there: port 0, or a forged address.
        }
      }
    }
  }

  private void accept(long now) {
    SocketChannel channel = null;
    try {
      channel = tcp.accept();
      if (channel == null) {
        return;
      }
      if (connections.size() >= MAX_CONNECTIONS) {
        connections.entrySet().stream()
            .min(Comparator.comparingLong(entry -> entry.getValue().active() - now))
            .ifPresent(longest -> end(longest.getKey()));
      }
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      connections.put(key, new TcpConnection(channel, key, responder, now));
    } catch (IOException e) {
      closeQuietly(channel);
      // Out of file descriptors, most likely: no use in asking again at once.
      if (tcp.isOpen()) {
        tcpKey.interestOps(0);
      }
    }
  }

  private void turn(SelectionKey key, long now) {
    TcpConnection connection = connections.get(key);
    boolean goesOn = false;
    try {
      goesOn = connection != null && connection.turn(now);
    } catch (IOException e) {
      // The client is gone.
    }
    if (!goesOn) {
      end(key);
    }
  }

  private void end(SelectionKey key) {
    connections.remove(key);
    key.cancel();
    closeQuietly(key.channel());
  }

  private void closeIdle(long now) {
    connections.entrySet().stream()
        .filter(entry -> now - entry.getValue().active() > idle.toNanos())
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::end);
  }

  @Override
  public void close() {
    connections.keySet().stream().map(SelectionKey::channel).forEach(DnsServer::closeQuietly);
    connections.clear();
    closeQuietly(tcp);
    closeQuietly(udp);
    closeQuietly(selector);
  }

  private static void closeQuietly(AutoCloseable opened) {
    if (opened != null) {
      try {
        opened.close();
      } catch (Exception e) {
        // It is given up in any case.
      }
    }
  }
}
