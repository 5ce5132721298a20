package dev.banger.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BangerTest {
  private static final String VM =
      "{'id':'3f9a','name':'web','state':'running','image':'tiny','cpus':2,'memoryMiB':512,"
          + "'ip':'127.77.0.2','labels':{'a':'b'},'more':1}";

  private interface Talk {
    void with(LineInput in, OutputStream out) throws IOException;
  }

  @TempDir Path dir;
  private ServerSocketChannel server;
  private Thread accepting;
  private final Map<String, Talk> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    accepting = Thread.ofVirtual().start(this::accept);
    answer("daemon.ping", "{'version':'0.1.0','protocol':1,'pid':1}");
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    accepting.join();
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
      say(out, "{'id':0,'result':{'daemon':'banger 0.1.0','protocol':1,'minProtocol':1}}");
      assertThat(in.readJsonLine().text("method")).isEqualTo("daemon.hello");
      Json request = in.readJsonLine();
      requests.add(request.text("method") + request.get("params"));
      answers.get(request.text("method")).with(in, out);
    } catch (IOException e) {
      // The client left.
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line.replace('\'', '"') + "\n").getBytes(UTF_8));
  }

  private void answer(String method, String result) {
    answers.put(method, (in, out) -> say(out, "{'id':1,'result':" + result + "}"));
  }

  /** Answers vm.exec with a stream. */
  private void exec(Talk frames) {
    answers.put(
        "vm.exec",
        (in, out) -> {
          say(out, "{'id':1,'result':{'stream':true}}");
          frames.with(in, out);
        });
  }

  private Vms vms() {
    return Banger.connect(dir.resolve("s")).vms();
  }

  @Test
  void without_a_daemon_it_says_how_to_start_one() throws Exception {
    assertThatThrownBy(() -> Banger.connect(dir.resolve("none")))
        .hasMessageContaining("no daemon listens at")
        .hasFieldOrPropertyWithValue("kind", "unavailable")
        .hasFieldOrPropertyWithValue("hint", "banger daemon start");
  }

  @Test
  void a_vm_is_made_as_said_and_each_step_is_told() {
    answers.put(
        "vm.create",
        (in, out) -> {
          say(
              out,
              "{'method':'stage','params':{'op':'op-3','vm':'web','stage':'boot','status':'done',"
                  + "'elapsedMs':1500,'message':'m'}}");
          say(out, "{'method':'something-new','params':{}}");
          say(out, "{'id':1,'result':" + VM + "}");
        });
    List<Stage> stages = new ArrayList<>();

    Vm vm =
        vms()
            .create(
                VmSpec.named("web")
                    .from("tiny")
                    .withCpus(2)
                    .withMemoryMiB(512)
                    .withWorkDiskMiB(64)
                    .withoutOutbound()
                    .labelled("a", "b"),
                stages::add);

    assertThat(stages)
        .containsExactly(new Stage("op-3", "web", "boot", "done", Duration.ofMillis(1500), "m"));
    assertThat(vm.isRunning()).isTrue();
    assertThat(vm.labels()).containsExactly(Map.entry("a", "b"));
    assertThat(vm.all().get("more").number(0)).isEqualTo(1);
    assertThat(requests.getLast())
        .isEqualTo(
            "vm.create{\"nat\":false,\"name\":\"web\",\"image\":\"tiny\",\"cpus\":2,"
                + "\"memoryMiB\":512,\"workDiskMiB\":64,\"labels\":{\"a\":\"b\"}}");
  }

  @Test
  void what_is_not_said_is_left_to_the_daemon() {
    answer("vm.create", VM);

    vms().create(VmSpec.named(""));

    assertThat(requests.getLast()).isEqualTo("vm.create{\"nat\":true}");
  }

  @Test
  void the_one_result_of_a_batch_is_a_vm_or_an_exception() {
    answer("vm.stop", "{'results':[{'ref':'web','ok':true,'vm':" + VM + "}]}");
    assertThat(vms().stop("web", Duration.ofSeconds(3)).name()).isEqualTo("web");
    assertThat(requests.getLast())
        .isEqualTo("vm.stop{\"timeoutMs\":3000,\"force\":true,\"refs\":[\"web\"]}");

    answer(
        "vm.delete",
        "{'results':[{'ref':'x','ok':false,'error':{'kind':'notFound','message':'no x',"
            + "'hint':'h','details':['d']}}]}");
    assertThatThrownBy(() -> vms().delete("x"))
        .isInstanceOf(RpcException.class)
        .hasMessage("no x")
        .hasFieldOrPropertyWithValue("kind", "notFound")
        .hasFieldOrPropertyWithValue("details", List.of("d"));

    answer("vm.show", "{'results':[]}");
    assertThatThrownBy(() -> vms().show("x")).hasFieldOrPropertyWithValue("kind", "internal");
  }

  @Test
  void a_command_ends_with_its_code_and_the_first_bytes_of_its_outputs() {
    exec(
        (in, out) -> {
          ByteFrames.writeAll(out, ByteFrames.STDOUT, "abc".getBytes(UTF_8));
          ByteFrames.writeAll(out, ByteFrames.STDERR, "e".getBytes(UTF_8));
          ByteFrames.writeAll(out, ByteFrames.STDOUT, "def".getBytes(UTF_8));
          ByteFrames.writeExit(out, 3);
        });

    assertThat(vms().exec("web", "a", "b c")).isEqualTo(new ExecResult(3, "abcdef", "e", false));
    assertThat(requests.getLast())
        .isEqualTo("vm.exec{\"ref\":\"web\",\"command\":[\"a\",\"b c\"],\"stdin\":false}");
    assertThat(vms().exec("web", List.of("a"), Duration.ofMinutes(1), 4))
        .isEqualTo(new ExecResult(3, "abcd", "e", true));
  }

  @Test
  void a_command_that_never_ran_is_an_exception() {
    exec(
        (in, out) ->
            ByteFrames.writeError(
                out, "{\"kind\":\"notFound\",\"message\":\"no a\",\"hint\":\"\",\"details\":[]}"));

    assertThatThrownBy(() -> vms().exec("web", "a"))
        .isInstanceOf(RpcException.class)
        .hasMessage("no a")
        .hasFieldOrPropertyWithValue("kind", "notFound");
  }

  @Test
  void a_connection_that_ends_before_the_command_is_no_end_of_it() {
    exec((in, out) -> ByteFrames.writeAll(out, ByteFrames.STDOUT, "abc".getBytes(UTF_8)));
    assertThatThrownBy(() -> vms().exec("web", "a"))
        .hasFieldOrPropertyWithValue("kind", "unavailable");

    exec((in, out) -> ByteFrames.writeAll(out, ByteFrames.EXIT, new byte[2]));
    assertThatThrownBy(() -> vms().exec("web", "a"))
        .hasMessageContaining("an exit code of 2 bytes");
  }

  @Test
  void a_command_that_takes_too_long_is_hung_up() {
    exec((in, out) -> in.transferTo(OutputStream.nullOutputStream()));

    assertThatThrownBy(() -> vms().exec("web", List.of("sleep"), Duration.ofMillis(50), 10))
        .isInstanceOf(RpcException.class)
        .hasMessage("the command in web did not end within 50 ms")
        .hasFieldOrPropertyWithValue("kind", "timeout");
  }
}
