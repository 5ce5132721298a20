package dev.banger.core.vmm.firecracker.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Bytes to a Unix socket and back, without any opinion on what they mean. */
final class RawClient implements AutoCloseable {
  private final SocketChannel channel;

  private RawClient(SocketChannel channel) {
    this.channel = channel;
  }

  /** Waits for the socket: the program behind it is just starting. */
  static RawClient connect(Path socket) throws IOException, InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new RawClient(channel);
      } catch (IOException e) {
        channel.close();
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(5);
      }
    }
  }

  /** The status and body of the answer, as {@code 204} or {@code 400 {...}}. */
  String request(String method, String path, String body) throws IOException {
    send(
        "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(method, path, body.getBytes(StandardCharsets.UTF_8).length, body));
    return answer();
  }

  String answer() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(read(1));
    }
    String status = head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    int at = head.indexOf("Content-Length: ");
    if (at < 0) {
      return status;
    }
    int start = at + "Content-Length: ".length();
    int length = Integer.parseInt(head.substring(start, head.indexOf("\r", start)));
    return status + " " + read(length);
  }

  void send(String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  String read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    if (bytes.hasRemaining()) {
      throw new IOException("the other side closed");
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  String readToTheEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (channel.read(bytes.clear()) >= 0) {
      all.write(bytes.array(), 0, bytes.position());
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
