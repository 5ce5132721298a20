package dev.banger.bench;

import dev.banger.protocol.AgentSync;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.LinkInput;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.Protocol;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Agents of guests that are not there: they say who they are, and agree to whatever is asked. */
final class PlayedAgents implements AutoCloseable {
  private final ServerSocketChannel server;

  private PlayedAgents(ServerSocketChannel server) {
    this.server = server;
  }

  /** Each connection to {@code socket} is one agent's. */
  static PlayedAgents listen(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 1024);
    PlayedAgents agents = new PlayedAgents(server);
    Thread.ofVirtual().name("agents").start(agents::accept);
    return agents;
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        SocketChannel host = server.accept();
        Thread.ofVirtual().name("agent").start(() -> serve(host));
      }
    } catch (IOException e) {
      // Closed: the measurement is over.
    }
  }

  private static void serve(SocketChannel host) {
    try (host) {
      LinkInput in = new LinkInput(Channels.newInputStream(host));
      var out = Channels.newOutputStream(host);
      AgentSync.await(in, out);
      Mux mux = new Mux(in, out, Mux.Side.AGENT, Protocol.MAX_STREAMS);
      Thread.ofVirtual().start(mux::write);
      Thread.ofVirtual().start(() -> answer(mux));
      mux.run();
    } catch (IOException e) {
      // The daemon has let go.
    }
  }

  private static void answer(Mux mux) {
    try {
      for (MuxStream stream = mux.accept(Long.MAX_VALUE);
          stream != null;
          stream = mux.accept(Long.MAX_VALUE)) {
        MessageCodec.write(stream.out(), answer(MessageCodec.read(stream.in())));
        stream.out().close();
      }
    } catch (IOException e) {
      // The daemon has let go.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static GuestMessage answer(GuestMessage request) {
    return switch (request) {
      case GuestMessage.Greet _ ->
          new GuestMessage.Hello(Protocol.GENERATION, "played", "6.1.0", "played");
      case GuestMessage.Health _ ->
          new GuestMessage.HealthReport(1000, 0, 65536, 32768, true, true);
      default -> new GuestMessage.Done();
    };
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
