package dev.banger.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BangerClientTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Json NOTHING = Json.build().done();

  private interface Peer {
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  private Path dir;
  private Path socket;
  private ServerSocketChannel server;
  private final List<SocketChannel> accepted = new ArrayList<>();
  private Thread acceptor;

  @BeforeEach
  void listen() throws IOException {
    dir = Files.createTempDirectory("bgr");
    socket = dir.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    for (SocketChannel channel : accepted) {
      channel.close();
    }
    if (acceptor != null) {
      acceptor.join();
    }
    Files.deleteIfExists(socket);
    Files.delete(dir);
  }

  private BangerClient talkingTo(Peer peer) throws IOException {
    server.bind(UnixDomainSocketAddress.of(socket));
    acceptor =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    SocketChannel channel = server.accept();
                    accepted.add(channel);
                    try (channel) {
                      peer.serve(
                          Channels.newInputStream(channel), Channels.newOutputStream(channel));
                    }
                  } catch (IOException e) {
                    // The client left, or the test is over.
                  }
                });
    return BangerClient.connectToAny(socket, DEADLINE).orElseThrow();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void requestsGoOneAfterTheOtherAndNotificationsComeFirst() throws Exception {
    List<String> heard = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    try (BangerClient client =
        talkingTo(
            (in, out) -> {
              requests.add(line(in));
              say(
                  out,
                  "{\"method\":\"stage\",\"params\":{\"stage\":\"a\"}}\n{\"jsonrpc\":\"2.0\",");
              say(out, "\"id\":1,\"result\":[1]}\n");
              requests.add(line(in));
              say(out, "{\"id\":2,\"result\":null}\n");
            })) {
      assertThat(
              client
                  .call(
                      "vm.list",
                      NOTHING,
                      (method, params) -> heard.add(method + params.text("stage")))
                  .toString())
          .isEqualTo("[1]");
      assertThat(client.call("daemon.ping", NOTHING).isNull()).isTrue();
    }

    assertThat(heard).containsExactly("stagea");
    assertThat(requests)
        .containsExactly(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"vm.list\",\"params\":{}}",
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"daemon.ping\",\"params\":{}}");
  }

  @Test
  void anErrorKeepsItsKindHintAndDetails() throws Exception {
    try (BangerClient client =
        talkingTo(
            (in, out) -> {
              line(in);
              say(
                  out,
                  "{\"id\":1,\"error\":{\"code\":-32000,\"message\":\"no\",\"data\":{\"kind\":\"notFound\",\"hint\":\"h\",\"details\":[\"d\"]}}}\n");
              line(in);
              say(out, "{\"id\":2,\"error\":{\"code\":-32601,\"message\":\"unknown method x\"}}\n");
            })) {
      assertThatThrownBy(() -> client.call("a", NOTHING))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.kind()).isEqualTo("notFound");
                assertThat(e.hint()).isEqualTo("h");
                assertThat(e.details()).containsExactly("d");
              });
      assertThatThrownBy(() -> client.call("x", NOTHING))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo("unavailable"));
    }
  }

  @Test
  void nonsenseAndLossAreTold() throws Exception {
    for (String nonsense : List.of("hello\n", "{\"id\":99,\"result\":1}\n", "{\"id\":1", "")) {
      try (BangerClient client =
          talkingTo(
              (in, out) -> {
                line(in);
                say(out, nonsense);
              })) {
        assertThatThrownBy(() -> client.call("a", NOTHING)).isInstanceOf(RpcException.class);
      }
      server.close();
      Files.deleteIfExists(socket);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }
  }

  @Test
  void aLineWithoutEndIsCutOff() throws Exception {
    try (BangerClient client =
        talkingTo(
            (in, out) -> {
              line(in);
              byte[] block = new byte[1024 * 1024];
              Arrays.fill(block, (byte) ' ');
              for (int i = 0; i < 64; i++) {
                out.write(block);
              }
            })) {
      assertThatThrownBy(() -> client.call("a", NOTHING))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("a line of more than 16777216 bytes");
    }
  }

  @Test
  void aRequestThatIsTooLongIsNotSent() throws Exception {
    try (BangerClient client = talkingTo((in, out) -> line(in))) {
      assertThatThrownBy(() -> client.call("a", Json.of("x".repeat(BangerClient.MAX_REQUEST))))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("at most 1 MiB is allowed");
    }
  }

  @Test
  void aDeadlineEndsACallThatIsNotAnswered() throws Exception {
    try (BangerClient client =
        talkingTo((in, out) -> in.transferTo(OutputStream.nullOutputStream()))) {
      assertThatThrownBy(() -> client.call("a", NOTHING, Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo("timeout"));
    }
  }

  @Test
  void bytesThatCameWithTheAnswerBelongToTheStreamAndBothWaysFlowAtOnce() throws Exception {
    try (BangerClient client =
            talkingTo(
                (in, out) -> {
                  line(in);
                  ByteArrayOutputStream joined = new ByteArrayOutputStream();
                  say(joined, "{\"id\":1,\"result\":{\"stream\":true,\"x\":1}}\n");
                  ByteFrames.writeAll(
                      joined, ByteFrames.STDOUT, "early".getBytes(StandardCharsets.UTF_8));
                  out.write(joined.toByteArray());
                  for (ByteFrame frame = ByteFrames.read(in);
                      frame != null;
                      frame = ByteFrames.read(in)) {
                    ByteFrames.writeAll(out, ByteFrames.STDOUT, frame.payload());
                  }
                });
        ByteStream stream = client.stream("vm.exec", NOTHING, Notifications.IGNORED)) {
      assertThat(stream.answer().get("x").number(0)).isEqualTo(1);
      assertThat(stream.read().text()).isEqualTo("early");
      byte[] chunk = new byte[ByteFrames.MAX_PAYLOAD];
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 100; i++) {
                        stream.input(chunk, 0, chunk.length);
                      }
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      long back = 0;
      while (back < 100L * chunk.length) {
        back += stream.read().payload().length;
      }
      writer.join();
      assertThatThrownBy(() -> client.call("a", NOTHING)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFullQueueIsWaitedForAndThenGivenUp() throws Exception {
    server.bind(UnixDomainSocketAddress.of(socket), 1);
    List<BangerClient> waiting = new ArrayList<>();
    try {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10; i++) {
                  waiting.add(BangerClient.connect(socket, Duration.ofMillis(100)).orElseThrow());
                }
              })
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo("timeout"));
    } finally {
      waiting.forEach(BangerClient::close);
    }
  }

  @Test
  void nobodyListeningIsNoError() throws Exception {
    assertThat(BangerClient.connect(socket, DEADLINE)).isEmpty();
    server.bind(UnixDomainSocketAddress.of(socket));
    server.close();
    assertThat(BangerClient.connect(socket, DEADLINE)).isEmpty();
    Files.delete(socket);
    Files.writeString(socket, "no socket");
    assertThat(BangerClient.connect(socket, DEADLINE)).isEmpty();
  }
}
