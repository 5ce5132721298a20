package dev.banger.core.vmm.firecracker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens on a Unix socket and does to each connection what it was told. */
final class Peer implements AutoCloseable {
  private final Path socket;
  private final ServerSocketChannel server;
  private final Script script;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** What happens to a connection; it is closed afterwards. */
  interface Script {
    void run(Peer peer, SocketChannel connection) throws IOException;
  }

  Peer(Path socket, Script script) throws IOException {
    this.socket = socket;
    this.script = script;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  /** Hears one request, says this, hangs up. */
  static Peer answering(Path socket, String answer) throws IOException {
    return new Peer(
        socket,
        (peer, connection) -> {
          peer.hear(connection);
          say(connection, answer);
        });
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      script.run(this, connection);
    } catch (IOException e) {
      // It hung up first.
    }
  }

  /** What comes in one piece. */
  String hear(SocketChannel connection) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(65536);
    int count = connection.read(bytes);
    String text = count < 0 ? "" : new String(bytes.array(), 0, count, StandardCharsets.UTF_8);
    heard.add(text);
    return text;
  }

  static void say(SocketChannel connection, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  /** Blocks until the other side hangs up. */
  static void untilHungUp(SocketChannel connection) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(1024);
    while (connection.read(bytes.clear()) >= 0) {
      // whatever it is
    }
  }

  List<String> heard() {
    return heard;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel connection : open) {
      connection.close();
    }
    Files.deleteIfExists(socket);
  }
}
