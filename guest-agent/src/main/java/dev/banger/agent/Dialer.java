package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Connects a stream to a TCP port on the guest's own loopback, IPv4 or else IPv6. */
final class Dialer {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int CHUNK = 32 * 1024;
  private static final byte[] IPV4 = {127, 0, 0, 1};
  private static final byte[] IPV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  private Dialer() {}

  static void serve(MuxStream stream, int port)
      throws IOException, RequestException, InterruptedException {
    try (Socket socket = connect(port)) {
      socket.setTcpNoDelay(true);
      MessageCodec.write(stream.out(), new GuestMessage.Started());
      Thread outward = Threads.start("dial-" + port, () -> outward(socket, stream));
      if (copy(stream.in(), socket.getOutputStream())) {
        socket.shutdownOutput();
        outward.join();
      }
    }
  }

  private static Socket connect(int port) throws IOException, RequestException {
    if (port < 1 || port > 65_535) {
      throw new RequestException(FailureKind.INVALID, "no such port: " + port);
    }
    try {
      return connect(IPV4, port);
    } catch (IOException e) {
      try {
        return connect(IPV6, port);
      } catch (IOException alsoNot) {
        throw new RequestException(
            FailureKind.NOT_FOUND, "nothing listens on port " + port + " in the guest");
      }
    }
  }

  private static Socket connect(byte[] address, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getByAddress(address), port), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void outward(Socket socket, MuxStream stream) {
    try {
      if (copy(socket.getInputStream(), stream.out())) {
        stream.out().close();
        return;
      }
    } catch (IOException e) {
      // As below.
    }
    stream.reset();
  }

  /** False when either side failed before the end. */
  private static boolean copy(InputStream from, OutputStream to) {
    byte[] chunk = new byte[CHUNK];
    try {
      int count = from.read(chunk, 0, CHUNK);
      while (count >= 0) {
        to.write(chunk, 0, count);
        count = from.read(chunk, 0, CHUNK);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
