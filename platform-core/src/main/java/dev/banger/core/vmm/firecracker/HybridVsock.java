package dev.banger.core.vmm.firecracker;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * From a Unix socket of the VMM to a port of its guest's vsock: {@code CONNECT port}, and when
 * somebody listens there, {@code OK} and a number. From then on the bytes are the guest's.
 */
final class HybridVsock {
  /** Firecracker's longest is {@code OK 2147483647}. */
  private static final int MAX_ANSWER = 32;

  private static final Pattern OK = Pattern.compile("OK [0-9]{1,10}");

  private HybridVsock() {}

  /**
   * @param limit for all of it: a VMM whose guest is not up yet takes the connection and says
   *     nothing
   * @return the connection, of which nothing that the guest sent has been read
   * @throws IOException when nobody listens there, or nobody says so in time
   */
  static SocketChannel open(Path socket, int port, Duration limit) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean open = false;
    TimeLimit time = TimeLimit.on(channel, limit);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      // In one piece: Firecracker drops the connection when it cannot read ten bytes at once.
      channel.write(
          ByteBuffer.wrap("CONNECT %d\n".formatted(port).getBytes(StandardCharsets.US_ASCII)));
      String answer = line(channel);
      if (!OK.matcher(answer).matches()) {
        throw new IOException("port %d of the guest: the VMM did not say OK".formatted(port));
      }
      time.close();
      open = !time.passed();
    } catch (IOException e) {
      if (!time.passed()) {
        throw e;
      }
    } finally {
      time.close();
      if (!open) {
        channel.close();
      }
    }
    if (!open) {
      throw new IOException(
          "port %d of the guest: no answer within %d ms".formatted(port, limit.toMillis()));
    }
    return channel;
  }

  /** Byte by byte: what follows the line is not ours to read. */
  private static String line(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer next = ByteBuffer.allocate(1);
    while (line.length() < MAX_ANSWER) {
      if (channel.read(next.clear()) < 0) {
        throw new EOFException("nobody listens there in the guest");
      }
      char c = (char) next.get(0);
      if (c == '\n') {
        return line.toString();
      }
      line.append(c);
    }
    throw new IOException(
        "the VMM answered with a line of more than %d bytes".formatted(MAX_ANSWER));
  }
}
