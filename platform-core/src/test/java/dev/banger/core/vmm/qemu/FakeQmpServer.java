package dev.banger.core.vmm.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Plays QEMU on a real socket: each connection runs the script. */
final class FakeQmpServer implements Closeable {
  static final String GREETING =
      "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7}}, \"capabilities\": [\"oob\"]}}\r\n";

  interface Script {
    void run(Peer peer) throws Exception;
  }

  /** The client, from the server's side. */
  record Peer(SocketChannel channel, StringBuilder read) {
    void send(String text) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /** The next line; null at the end. */
    String line() throws IOException {
      while (read.indexOf("\n") < 0) {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        if (channel.read(bytes) < 0) {
          return null;
        }
        read.append(StandardCharsets.UTF_8.decode(bytes.flip()));
      }
      int end = read.indexOf("\n");
      String line = read.substring(0, end);
      read.delete(0, end + 1);
      return line;
    }

    /** Greets, and agrees to leave negotiation. */
    void handshake() throws IOException {
      send(GREETING);
      reply(line(), "{}");
    }

    void reply(String command, String json) throws IOException {
      send("{\"return\": " + json + ", \"id\": " + id(command) + "}\r\n");
    }

    static String id(String command) {
      return command.replaceFirst(".*\"id\":([0-9]+).*", "$1");
    }

    /** Reads until the client hangs up. */
    void drain() throws IOException {
      String last;
      do {
        last = line();
      } while (last != null);
    }
  }

  private final Path socket;
  private final ServerSocketChannel server;
  private final Thread thread;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  FakeQmpServer(Path socket, Script script) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread =
        Thread.ofPlatform()
            .name("fake-qmp")
            .start(
                () -> {
                  try (SocketChannel channel = server.accept()) {
                    script.run(new Peer(channel, new StringBuilder()));
                    finished.complete(null);
                  } catch (Exception e) {
                    finished.completeExceptionally(e);
                  }
                });
  }

  Path socket() {
    return socket;
  }

  /** Waits for the script to have run, and fails as it failed. */
  void awaitScript() throws Exception {
    finished.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(socket);
  }
}
