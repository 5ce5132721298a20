package dev.banger.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HelloTest {
  private static final Json NOTHING = Json.build().done();
  private static final String FITS =
      "{'id':0,'result':{'daemon':'banger 0.1.0','protocol':1,'minProtocol':1}}";

  private interface Peer {
    void serve(SocketChannel channel) throws IOException;
  }

  @TempDir Path dir;
  private ServerSocketChannel server;
  private Thread serving;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    if (serving != null) {
      serving.join();
    }
  }

  private void serve(Peer peer) {
    serving =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (SocketChannel channel = server.accept()) {
                    peer.serve(channel);
                  } catch (IOException e) {
                    // The client left, or the test is over.
                  }
                });
  }

  private BangerClient talkingTo(Peer peer) {
    serve(peer);
    return BangerClient.connect(dir.resolve("s"), Duration.ofSeconds(10)).orElseThrow();
  }

  /** Answers the lines that come, one after the other. */
  private Peer answering(String... answers) {
    return channel -> {
      LineInput in = new LineInput(Channels.newInputStream(channel), 2 << 20);
      OutputStream out = Channels.newOutputStream(channel);
      for (String answer : answers) {
        Json line = in.readJsonLine();
        heard.add(line.text("id") + " " + line.text("method") + " " + line.get("params"));
        out.write((answer.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  @Test
  void it_is_said_once_and_before_the_first_request() {
    try (BangerClient client =
        talkingTo(answering(FITS, "{'id':1,'result':'a'}", "{'id':2,'result':'b'}"))) {
      client.named("tool 2.0");
      assertThat(client.daemon()).isEmpty();
      assertThat(client.call("a", NOTHING).text()).isEqualTo("a");
      assertThat(client.daemon()).isEqualTo("banger 0.1.0");
      assertThat(client.call("b", NOTHING).text()).isEqualTo("b");
    }
    assertThat(heard)
        .containsExactly(
            "0 daemon.hello {\"client\":\"tool 2.0\",\"protocol\":1}", "1 a {}", "2 b {}");
  }

  @Test
  void it_and_the_request_are_there_before_anything_is_answered() {
    try (BangerClient client =
        talkingTo(
            channel -> {
              ByteBuffer both = ByteBuffer.allocate(4096);
              int lines = 0;
              while (lines < 2 && channel.read(both) >= 0) {
                String so = new String(both.array(), 0, both.position(), StandardCharsets.UTF_8);
                lines = (int) so.chars().filter(c -> c == '\n').count();
              }
              String answers = FITS.replace('\'', '"') + "\n{\"id\":1,\"result\":7}\n";
              channel.write(ByteBuffer.wrap(answers.getBytes(StandardCharsets.UTF_8)));
            })) {
      assertThat(client.call("a", NOTHING).number(0)).isEqualTo(7);
    }
  }

  @Test
  void an_old_daemon_that_does_not_know_it_serves_the_request() {
    try (BangerClient client =
        talkingTo(
            answering(
                "{'id':0,'error':{'code':-32601,'message':'no method'}}",
                "{'id':1,'result':'a'}"))) {
      assertThat(client.call("a", NOTHING).text()).isEqualTo("a");
      assertThat(client.daemon()).isEmpty();
    }
  }

  @Test
  void a_daemon_that_refuses_is_heard_also_when_it_hung_up_before_a_long_request_was_sent() {
    String refusal =
        "{'id':0,'error':{'code':-32000,'message':'both sides','data':{'kind':'unavailable',"
            + "'hint':'banger daemon restart','details':[]}}}";
    try (BangerClient client =
        talkingTo(
            channel -> {
              // Not even the whole hello is read: the rest of the request finds nobody.
              int got = channel.read(ByteBuffer.allocate(10));
              assertThat(got).isPositive();
              String line = refusal.replace('\'', '"') + "\n";
              channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            })) {
      Json large = Json.of("x".repeat(900_000));
      assertThatThrownBy(() -> client.call("a", large))
          .isInstanceOf(RpcException.class)
          .hasMessage("both sides")
          .hasFieldOrPropertyWithValue("kind", "unavailable")
          .hasFieldOrPropertyWithValue("hint", "banger daemon restart");
      assertThatThrownBy(() -> client.call("a", NOTHING))
          .hasFieldOrPropertyWithValue("kind", "unavailable");
    }
  }

  @Test
  void nonsense_for_an_answer_is_told() {
    for (String nonsense : List.of("{'id':5,'result':1}", "hello", "7")) {
      try (BangerClient client = talkingTo(answering(nonsense))) {
        assertThatThrownBy(() -> client.call("a", NOTHING))
            .isInstanceOf(RpcException.class)
            .hasFieldOrPropertyWithValue("kind", "internal");
      }
    }
  }

  @Test
  void a_daemon_that_hangs_up_instead_of_answering_is_told() {
    try (BangerClient client = talkingTo(channel -> {})) {
      assertThatThrownBy(() -> client.call("a", NOTHING))
          .isInstanceOf(RpcException.class)
          .hasMessageStartingWith("the daemon went away before it answered a");
    }
  }

  @Test
  void to_a_daemon_of_any_protocol_it_is_not_said() {
    serve(answering("{'id':1,'result':'a'}"));
    try (BangerClient client =
        BangerClient.connectToAny(dir.resolve("s"), Duration.ofSeconds(10)).orElseThrow()) {
      assertThat(client.call("daemon.ping", NOTHING).text()).isEqualTo("a");
    }
    assertThat(heard).containsExactly("1 daemon.ping {}");
  }
}
