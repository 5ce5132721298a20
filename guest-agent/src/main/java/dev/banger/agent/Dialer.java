package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Enumeration;

/**
 * Connects a stream to a TCP port of the guest: on its loopback, IPv4 or else IPv6, or else on
 * whatever address of the guest something listens on that port.
 */
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
        return connectElsewhere(port);
      }
    }
  }

  private static Socket connectElsewhere(int port) throws RequestException {
    SocketTable table = new SocketTable(bound -> !bound.udp() && bound.port() == port);
    table.addAll(Path.of("/proc/net"), false);
    for (Bound bound : table.listeners()) {
      Socket socket = tryConnect(bound);
      if (socket != null) {
        return socket;
      }
    }
    throw new RequestException(
        FailureKind.NOT_FOUND, "nothing listens on port " + port + " in the guest");
  }

  /** A link-local address says nothing without its link: each is tried. */
  private static Socket tryConnect(Bound bound) {
    try {
      byte[] address = InetAddress.getByName(bound.address()).getAddress();
      if (!InetAddress.getByAddress(address).isLinkLocalAddress() || address.length == 4) {
        return connect(address, bound.port());
      }
      Enumeration<NetworkInterface> links = NetworkInterface.getNetworkInterfaces();
      while (links.hasMoreElements()) {
        NetworkInterface link = links.nextElement();
        try {
          return connect(Inet6Address.getByAddress(null, address, link), bound.port());
        } catch (IOException e) {
          // Another link, then.
        }
      }
    } catch (IOException e) {
      // Another address, then.
    }
    return null;
  }

  private static Socket connect(byte[] address, int port) throws IOException {
    return connect(InetAddress.getByAddress(address), port);
  }

  private static Socket connect(InetAddress address, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
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
