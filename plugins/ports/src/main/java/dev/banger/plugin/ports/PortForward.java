package dev.banger.plugin.ports;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of the host that leads to the same port of a guest. */
final class PortForward {
  private static final int BACKLOG = 128;

  private final ServerSocket socket;
  private final int port;
  private final Connections connections;

  private PortForward(ServerSocket socket, int port, Connections connections) {
    this.socket = socket;
    this.port = port;
    this.connections = connections;
  }

  /**
   * @throws IOException when the address cannot be bound
   */
  static PortForward open(String address, int port, Connections connections) throws IOException {
    return open(address, port, port, connections);
  }

  /**
   * @param at the host's port; 0 for any
   */
  static PortForward open(String address, int at, int port, Connections connections)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), at), BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    PortForward forward = new PortForward(socket, port, connections);
    Thread.ofVirtual().name("port-" + port).start(forward::accept);
    return forward;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        connections.take(client, port);
      } catch (IOException e) {
        if (!socket.isClosed()) {
          pause();
        }
      }
    }
  }

  /** Out of file descriptors, for example: others are about to end. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** No new connections; those that are open go on. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
