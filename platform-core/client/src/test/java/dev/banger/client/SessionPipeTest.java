package dev.banger.client;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon of a few lines that hangs up in the middle. */
@Timeout(60)
class SessionPipeTest {
  private static final String MANIFESTS =
      "{'plugins':[{'id':'sessions','commands':["
          + "{'path':['s','show'],'role':'vm.session.show'},"
          + "{'path':['s','start'],'role':'vm.session.start'},"
          + "{'path':['s','attach'],'role':'vm.session.attach'}]}]}";

  /** What happens on a connection once it is attached. */
  private interface Attached {
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  private Path dir;
  private ServerSocketChannel server;
  private Sessions sessions;
  private final Queue<Attached> attached = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile long inputBytes;

  @BeforeEach
  void listen() throws IOException {
    dir = Files.createTempDirectory("bgr");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    Thread.ofVirtual().start(this::accept);
    sessions = new Sessions(dir.resolve("s"));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    Files.delete(dir.resolve("s"));
    Files.delete(dir);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        Thread.ofVirtual().start(() -> serve(channel));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      LineInput in = new LineInput(Channels.newInputStream(channel), 1 << 20);
      OutputStream out = Channels.newOutputStream(channel);
      for (Json line = in.readJsonLine(); line != null; line = in.readJsonLine()) {
        Json params = line.get("params");
        boolean isStream = line.text("method").equals("plugin.stream");
        String result = isStream ? "{'stream':true}" : answer(line.text("method"), params);
        String whole = "{'id':%d,'result':%s}\n".formatted(line.get("id").number(0), result);
        out.write(whole.replace('\'', '"').getBytes(UTF_8));
        if (isStream) {
          requests.add(params.get("args").toString());
          attached.remove().serve(in, out);
          return;
        }
      }
    } catch (IOException e) {
      // The client left.
    }
  }

  private String answer(String method, Json params) {
    if (method.equals("plugin.manifests")) {
      return MANIFESTS;
    }
    requests.add(params.text("command") + params.get("args"));
    return ("{'name':'agent','state':'running','mode':'pipe','exitCode':null,'inputBytes':%d,"
            + "'inputOpen':true,'stdout':{'from':5},'stderr':{'from':0},'cursor':'9.0'}")
        .formatted(inputBytes);
  }

  private static void say(OutputStream out, int kind, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    ByteFrames.write(out, kind, bytes, 0, bytes.length);
  }

  private static String hear(InputStream in, int bytes) throws IOException {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    while (heard.size() < bytes) {
      ByteFrame frame = ByteFrames.read(in);
      heard.writeBytes(frame.payload());
    }
    return heard.toString(UTF_8);
  }

  @Test
  void both_outputs_and_the_exit_code_come_and_input_goes() throws Exception {
    attached.add(
        (in, out) -> {
          say(out, ByteFrames.STDERR, "err");
          say(out, ByteFrames.STDOUT, hear(in, 5));
          ByteFrames.read(in);
          ByteFrames.writeExit(out, 7);
        });
    try (SessionPipe pipe = sessions.attach("web", "agent")) {
      pipe.stdin().write("hello".getBytes(UTF_8));
      pipe.stdin().close();
      assertThat(pipe.stdout().readAllBytes()).asString().isEqualTo("hello");
      assertThat(pipe.stderr().readAllBytes()).asString().isEqualTo("err");
      assertThat(pipe.awaitExit()).isEqualTo(7);
      assertThat(pipe.cursor()).isEqualTo("10.3");
    }
    assertThat(requests.getLast())
        .isEqualTo(
            "{\"vm\":\"web\",\"session\":\"agent\",\"pipe\":true,\"since\":\"5.0\",\"input-from\":0}");
  }

  @Test
  void after_the_connection_was_lost_both_directions_go_on_where_they_were() throws Exception {
    inputBytes = 100;
    attached.add(
        (in, out) -> {
          hear(in, 10);
          say(out, ByteFrames.STDOUT, "abc");
        });
    attached.add(
        (in, out) -> {
          say(out, ByteFrames.STDOUT, hear(in, 9));
          ByteFrames.writeExit(out, 0);
        });
    try (SessionPipe pipe = sessions.attach("web", "agent", "20.1")) {
      pipe.stdin().write("0123456789".getBytes(UTF_8));
      assertThat(pipe.stdout().readNBytes(2)).asString().isEqualTo("ab");
      assertThat(pipe.cursor()).isEqualTo("22.1");
      assertThatThrownBy(pipe::awaitExit).hasMessageContaining("ended before the session did");
      assertThat(pipe.isConnected()).isFalse();
      // The session got six bytes of it before.
      inputBytes = 106;
      pipe.reattach();
      pipe.stdin().write("ABCDE".getBytes(UTF_8));
      assertThat(pipe.stdout().readAllBytes()).asString().isEqualTo("c6789ABCDE");
    }
    assertThat(requests.getLast()).contains("\"since\":\"23.1\",\"input-from\":106");
  }

  @Test
  void what_the_session_cannot_have_from_here_is_not_guessed() throws Exception {
    attached.add((in, out) -> hear(in, 3));
    attached.add((in, out) -> ByteFrames.read(in));
    try (SessionPipe pipe = sessions.attach("web", "agent", "0.0")) {
      pipe.stdin().write("abc".getBytes(UTF_8));
      assertThatThrownBy(() -> pipe.stdout().read()).isInstanceOf(IOException.class);
      inputBytes = 4;
      assertThatThrownBy(pipe::reattach)
          .isInstanceOf(RpcException.class)
          .hasMessage("the session was sent 4 bytes, and not all of them from here");
    }
  }

  @Test
  void a_refusal_is_the_cause_of_what_the_streams_throw() throws Exception {
    attached.add(
        (in, out) -> ByteFrames.writeError(out, "{\"kind\":\"conflict\",\"message\":\"taken\"}"));
    try (SessionPipe pipe = sessions.attach("web", "agent", "0.0")) {
      assertThatThrownBy(pipe::awaitExit)
          .hasMessage("taken")
          .hasRootCauseInstanceOf(RpcException.class);
    }
  }

  @Test
  void leaving_ends_whoever_waits() throws Exception {
    attached.add((in, out) -> ByteFrames.read(in));
    SessionPipe pipe = sessions.attach("web", "agent", "0.0");
    Thread leaving = Thread.ofVirtual().start(pipe::close);
    assertThatThrownBy(() -> pipe.stdout().read()).hasMessage("the session was left");
    leaving.join();
    assertThatThrownBy(pipe::reattach).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void without_a_plugin_or_a_daemon_it_says_so() {
    assertThatThrownBy(() -> sessions.list("web")).hasMessage("no active plugin provides sessions");
    assertThatThrownBy(() -> new Sessions(dir.resolve("none")).list("web"))
        .hasMessageContaining("no daemon listens at ");
  }

  @Test
  void what_is_to_run_is_told_with_its_values() {
    sessions.start(
        "web",
        SessionSpec.of("a", "b c").named("n").in("/x").with("K", "V").keeping("1MiB").waiting());
    assertThat(requests.getLast())
        .isEqualTo(
            "s start{\"vm\":\"web\",\"command\":[\"a\",\"b c\"],\"tty\":false,\"name\":\"n\","
                + "\"cwd\":\"/x\",\"keep\":\"1MiB\",\"env\":[\"K=V\"],\"when-full\":\"wait\"}");
  }
}
