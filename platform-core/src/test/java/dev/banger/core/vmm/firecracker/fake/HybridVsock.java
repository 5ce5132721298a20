package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The Unix socket that leads to all ports of the guest. It accepts from the start, and answers once
 * the guest is up: before that, and for ever when it never is, whoever connects waits.
 */
final class HybridVsock {
  private static final int AGENT_PORT = 1024;
  private static final int READY_PORT = 1025;
  private static final int SHORTEST = 10;
  private static final int LONGEST = 32;

  private final Path path;
  private final ServerSocketChannel socket;
  private final Faults faults;
  private final BooleanSupplier listening;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param listening whether there is a guest now that serves its device
   */
  HybridVsock(Path path, Faults faults, BooleanSupplier listening) throws IOException {
    this.path = path;
    this.faults = faults;
    this.listening = listening;
    socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(path));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  boolean isAt(Path other) {
    return path.equals(other);
  }

  /** As a guest whose agent is up tells it, if anyone on the host wants to know. */
  void tellReadiness() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (!(listening.getAsBoolean() && agent().filter(Files::exists).isPresent())) {
                  Thread.sleep(10);
                }
                SocketChannel.open(UnixDomainSocketAddress.of(path + "_" + READY_PORT)).close();
              } catch (IOException | InterruptedException e) {
                System.out.println("nobody listens for readiness: " + e);
              }
            });
  }

  private void accept() {
    try {
      while (true) {
        while (!listening.getAsBoolean()) {
          Thread.sleep(5);
        }
        SocketChannel host = socket.accept();
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(host, number));
      }
    } catch (IOException | InterruptedException e) {
      System.out.println("vsock: " + e);
    }
  }

  private void serve(SocketChannel host, int number) {
    try (host) {
      while (!listening.getAsBoolean()) {
        Thread.sleep(5);
      }
      Optional<String> fault = faults.of("connect").filter(f -> applies(f, number));
      int port = port(host);
      if (port < 0) {
        return;
      }
      if (fault.isPresent()) {
        misbehave(host, fault.get().split(" ")[0]);
        return;
      }
      if (port != AGENT_PORT || agent().isEmpty()) {
        return;
      }
      try (SocketChannel guest = SocketChannel.open(UnixDomainSocketAddress.of(agent().get()))) {
        write(host, "OK " + (0x4000_0000 + number) + "\n");
        Thread back = Thread.ofVirtual().start(() -> pump(guest, host));
        pump(host, guest);
        back.join();
      }
    } catch (IOException | InterruptedException e) {
      System.out.println("vsock connection: " + e);
    }
  }

  private Optional<Path> agent() {
    return faults.of("agent").map(Path::of);
  }

  private static boolean applies(String fault, int number) {
    String[] parts = fault.split(" ");
    return parts.length < 2 || number <= Integer.parseInt(parts[1]);
  }

  /** The port asked for; less than 0 when the connection is to be dropped. */
  private static int port(SocketChannel host) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(LONGEST);
    line.limit(SHORTEST);
    host.read(line); // what came first must be enough
    if (line.position() < SHORTEST) {
      return -1;
    }
    host.configureBlocking(false);
    while (line.get(line.position() - 1) != '\n') {
      if (line.position() == LONGEST) {
        return -1;
      }
      line.limit(line.position() + 1);
      if (host.read(line) < 1) {
        return -1;
      }
    }
    host.configureBlocking(true);
    String text = new String(line.array(), 0, line.position(), StandardCharsets.US_ASCII);
    return text.matches("(?i)connect [0-9]{1,9}\n")
        ? Integer.parseInt(text.strip().split(" ")[1])
        : -1;
  }

  private static void misbehave(SocketChannel host, String fault)
      throws IOException, InterruptedException {
    switch (fault) {
      case "eof" -> {}
      case "partial" -> write(host, "OK ");
      case "early-bytes" -> {
        write(host, "OK 1\nGET");
        Thread.sleep(Long.MAX_VALUE);
      }
      case "no-newline" -> {
        write(host, "OK 1073741824");
        Thread.sleep(Long.MAX_VALUE);
      }
      case "flood" -> write(host, "OK " + "1".repeat(1 << 20));
      case "silent" -> Thread.sleep(Long.MAX_VALUE);
      default -> throw new IllegalArgumentException("no such fault: " + fault);
    }
  }

  private static void pump(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      try {
        from.close();
        to.close();
      } catch (IOException closing) {
        System.out.println("vsock connection: " + closing);
      }
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
