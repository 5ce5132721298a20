package dev.banger.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RpcServerTest {
  @TempDir Path home;
  private final Map<String, RpcMethod> methods = new ConcurrentHashMap<>();
  private Path socket;
  private RpcServer server;

  @BeforeEach
  void listen() {
    socket = home.resolve("run/d.sock");
    methods.put("echo", call -> call.params().json());
    server = RpcServer.listen(socket, methods::get);
  }

  @AfterEach
  void close() {
    server.close();
    assertThat(socket).doesNotExist();
  }

  private BangerClient client() {
    return BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow();
  }

  private String raw(String sent) throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(sent.getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(4096);
      channel.read(answer);
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void answersRequestsOneAfterTheOtherOnOneConnection() {
    try (BangerClient client = client()) {
      for (int i = 0; i < 100; i++) {
        Json sent = Json.build().put("i", i).done();
        assertThat(client.call("echo", sent)).isEqualTo(sent);
      }
    }
  }

  @Test
  void livesInADirectoryForItsOwnerOnly() throws Exception {
    assertThat(Files.getPosixFilePermissions(socket.getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void takesOverTheSocketFileOfADeadDaemon() {
    server.close();
    server = RpcServer.listen(socket, methods::get);
    RpcServer second = RpcServer.listen(socket, methods::get);
    try (BangerClient client = client()) {
      assertThat(client.call("echo", Json.TRUE)).isEqualTo(Json.TRUE);
    } finally {
      second.close();
    }
  }

  @Test
  void tellsAFailureWithKindHintAndDetails() {
    methods.put(
        "fail",
        _ -> {
          throw new BangerException(
              ErrorKind.NOT_FOUND, "there is no VM \"x\"", "banger ls", List.of("a", "b"), null);
        });
    try (BangerClient client = client()) {
      RpcException error =
          catchThrowableOfType(RpcException.class, () -> client.call("fail", Json.NULL));
      assertThat(error)
          .hasMessage("there is no VM \"x\"")
          .hasFieldOrPropertyWithValue("kind", "notFound")
          .hasFieldOrPropertyWithValue("hint", "banger ls")
          .hasFieldOrPropertyWithValue("details", List.of("a", "b"));
      assertThat(client.call("echo", Json.TRUE)).isEqualTo(Json.TRUE);
    }
  }

  @Test
  void aDefectIsToldAndDoesNotEndTheDaemon() {
    methods.put(
        "defect",
        _ -> {
          throw new IllegalStateException("oops");
        });
    try (BangerClient client = client()) {
      assertThatThrownBy(() -> client.call("defect", Json.NULL))
          .hasMessageContaining("a defect in banger")
          .hasFieldOrPropertyWithValue("kind", "internal");
      assertThat(client.call("echo", Json.TRUE)).isEqualTo(Json.TRUE);
    }
  }

  @Test
  void refusesWhatIsNoRequest() throws Exception {
    assertThat(raw("this is not json\n")).contains("-32700");
    assertThat(raw("[1,2]\n")).contains("-32600");
    assertThat(raw("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no.such\"}\n")).contains("-32601");
  }

  @Test
  void aLineWithoutEndIsCutOffBeforeItFillsTheMemory() throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      byte[] chunk = new byte[64 * 1024];
      java.util.Arrays.fill(chunk, (byte) 'x');
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  channel.write(ByteBuffer.wrap(chunk));
                }
              })
          .isInstanceOf(java.io.IOException.class);
    }
    try (BangerClient client = client()) {
      assertThat(client.call("echo", Json.TRUE)).isEqualTo(Json.TRUE);
    }
  }

  @Test
  void notificationsComeBeforeTheAnswer() {
    methods.put(
        "talk",
        call -> {
          call.warning("one");
          call.warning("two");
          return Json.TRUE;
        });
    List<String> heard = new ArrayList<>();
    try (BangerClient client = client()) {
      client.call("talk", Json.NULL, (_, what) -> heard.add(what.text("message")));
    }
    assertThat(heard).containsExactly("one", "two");
  }

  @Test
  void aClientThatGoesAwayDoesNotEndWhatItAskedFor() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    methods.put(
        "long",
        call -> {
          begun.countDown();
          go.await();
          call.warning("nobody hears this");
          ended.countDown();
          return Json.TRUE;
        });
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (BangerClient client = client()) {
                    client.call("long", Json.NULL, Duration.ofMillis(50));
                  } catch (RpcException e) {
                    assertThat(e.kind()).isEqualTo("timeout");
                  }
                });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    asking.join();
    go.countDown();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aStreamCarriesBytesBothWaysUnchanged() throws Exception {
    methods.put(
        "upper",
        call -> {
          StreamEnds client = call.upgrade();
          byte[] all = client.input().readAllBytes();
          client.output(ByteFrames.STDOUT).write(all);
          client.exit(7);
          return Json.NULL;
        });
    byte[] sent = new byte[300_000];
    new java.util.SplittableRandom(7).nextBytes(sent);
    java.io.ByteArrayOutputStream got = new java.io.ByteArrayOutputStream();
    int code = -1;
    try (BangerClient client = client();
        ByteStream stream = client.stream("upper", Json.NULL, (_, _) -> {})) {
      for (int at = 0; at < sent.length; at += 50_000) {
        stream.input(sent, at, 50_000);
      }
      stream.endInput();
      ByteFrame frame;
      while ((frame = stream.read()) != null) {
        if (frame.kind() == ByteFrames.STDOUT) {
          got.write(frame.payload());
        } else if (frame.kind() == ByteFrames.EXIT) {
          code = ByteBuffer.wrap(frame.payload()).getInt();
        }
      }
    }
    assertThat(code).isEqualTo(7);
    assertThat(got.toByteArray()).isEqualTo(sent);
  }

  @Test
  void twoHundredClientsAtOnceAreAllServed() throws Exception {
    List<Thread> clients = new ArrayList<>();
    Map<Integer, Json> answers = new ConcurrentHashMap<>();
    for (int i = 0; i < 200; i++) {
      int number = i;
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (BangerClient client = client()) {
                      answers.put(number, client.call("echo", Json.of(number)));
                    }
                  }));
    }
    for (Thread thread : clients) {
      thread.join();
    }
    assertThat(answers)
        .hasSize(200)
        .allSatisfy((i, json) -> assertThat(json.number(-1)).isEqualTo(i.longValue()));
  }

  @Test
  void parametersOfTheWrongTypeAreRefusedByName() {
    methods.put("typed", call -> Json.of(call.params().number("cpus").orElse(0L)));
    try (BangerClient client = client()) {
      assertThatThrownBy(() -> client.call("typed", Json.build().put("cpus", "many").done()))
          .hasMessageContaining("parameter \"cpus\" must be a whole number")
          .hasFieldOrPropertyWithValue("kind", "usage");
    }
  }
}
