package dev.banger.plugin.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.xbill.DNS.Message;

/** A server for the zone vm on a free port, with records that can be changed. */
final class TestServer implements AutoCloseable {
  static final Zone ZONE = new Zone("vm");
  static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private static final int PATIENCE_MILLIS = 10_000;

  final Map<String, Entry> stored = new ConcurrentSkipListMap<>();
  final LiveTable table;
  private final DnsServer server;
  private final Thread thread;

  TestServer() throws IOException {
    this(new InetSocketAddress(HERE, 0), DnsServer.IDLE);
  }

  TestServer(InetSocketAddress address, Duration idle) throws IOException {
    System.Logger log = System.getLogger("test");
    table = new LiveTable(ZONE, HERE, stored::values, System::nanoTime, 1000, log);
    Responder responder = new Responder(ZONE, 5, "banger test", table::now, log);
    server = DnsServer.bind(address, responder, idle);
    thread =
        Thread.ofPlatform()
            .name("test-dns")
            .start(
                () -> {
                  try {
                    server.run();
                  } catch (IOException e) {
                    if (!Thread.currentThread().isInterrupted()) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }
                });
  }

  TestServer with(String vm, String address, String... names) {
    stored.put(vm, new Entry(vm, address, List.of(names)));
    table.publish(stored.values());
    return this;
  }

  InetSocketAddress address() {
    return server.address();
  }

  boolean runs() {
    return thread.isAlive();
  }

  Message udp(Message query) throws IOException {
    return new Message(udp(query.toWire()));
  }

  byte[] udp(byte[] packet) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(address());
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.send(new DatagramPacket(packet, packet.length));
      DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(reply);
      return Arrays.copyOf(reply.getData(), reply.getLength());
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(address(), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  Message tcp(Message query) throws IOException {
    try (Socket socket = connect()) {
      send(socket, query.toWire());
      return new Message(receive(socket));
    }
  }

  static byte[] framed(byte[] packet) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(packet.length);
    out.write(packet);
    return bytes.toByteArray();
  }

  static void send(Socket socket, byte[] packet) throws IOException {
    socket.getOutputStream().write(framed(packet));
  }

  static byte[] receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] reply = new byte[in.readUnsignedShort()];
    in.readFully(reply);
    return reply;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
  }
}
