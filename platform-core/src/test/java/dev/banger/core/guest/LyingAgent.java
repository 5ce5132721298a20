package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.protocol.AgentSync;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.LinkInput;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** An agent that speaks the protocol and answers as a test likes. */
final class LyingAgent implements AutoCloseable {
  final Path socket;
  private final ServerSocketChannel server;

  /** What it does on a stream that the host has opened. */
  interface Behaviour {
    void on(MuxStream stream, GuestMessage request) throws IOException;
  }

  LyingAgent(Path dir) throws IOException {
    socket = dir.resolve("a.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  GuestLink connect() throws InterruptedException {
    return new SocketGuestConnector().connect(socket, Duration.ofSeconds(30));
  }

  static GuestMessage hello(String bootId) {
    return new GuestMessage.Hello(1, bootId, "k", "v");
  }

  static void reply(MuxStream stream, GuestMessage message) throws IOException {
    MessageCodec.write(stream.out(), message);
  }

  /** One client; with no behaviour, it is left waiting. */
  void serve(Behaviour behaviour) {
    Thread.ofVirtual()
        .start(
            () -> {
              SocketChannel peer = accept();
              if (behaviour != null && peer != null) {
                converse(peer, behaviour);
              }
            });
  }

  SocketChannel accept() {
    try {
      return server.accept();
    } catch (IOException e) {
      return null; // the test is over
    }
  }

  static void closeQuietly(SocketChannel peer) {
    try {
      peer.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static void converse(SocketChannel peer, Behaviour behaviour) {
    try (peer) {
      LinkInput in = new LinkInput(ChannelStreams.in(peer));
      OutputStream out = ChannelStreams.out(peer);
      AgentSync.await(in, out);
      Mux mux = new Mux(in, out, Mux.Side.AGENT, 8);
      Thread.ofVirtual().start(mux::write);
      Thread.ofVirtual().start(() -> answer(mux, behaviour));
      mux.run();
    } catch (IOException e) {
      // The host has had enough, which is what these tests are about.
    }
  }

  private static void answer(Mux mux, Behaviour behaviour) {
    try {
      for (MuxStream s = mux.accept(Long.MAX_VALUE); s != null; s = mux.accept(Long.MAX_VALUE)) {
        behaviour.on(s, MessageCodec.read(s.in()));
      }
    } catch (IOException | InterruptedException e) {
      // As above.
    }
  }
}
