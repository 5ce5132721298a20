package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.vmm.PlainJson;
import dev.banger.core.vmm.qemu.QmpException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QmpClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);

  @TempDir Path dir;

  private final List<QmpClient.Event> events = Collections.synchronizedList(new ArrayList<>());
  private FakeQmpServer server;

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aCommandIsAnsweredAmidEventsAndHalfLines() throws Exception {
    serve(
        peer -> {
          peer.send("{\"QMP\": {\"ver");
          peer.send("sion\": {}}}\r\n");
          String capabilities = peer.line();
          assertThat(capabilities).contains("\"execute\":\"qmp_capabilities\"");
          peer.send("{\"event\": \"RESUME\", \"timestamp\": {\"seconds\": 1}}\r\n{\"ret");
          peer.send("urn\": {}, \"id\": " + FakeQmpServer.Peer.id(capabilities) + "}\r\n");
          String command = peer.line();
          peer.send("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"x\"}}\n");
          peer.reply(command, "{\"status\": \"running\", \"deep\": [1, 2.5, null, [true]]}");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      Object answer = client.execute("query-status", Map.of(), LONG);

      assertThat(PlainJson.text(answer, "status")).isEqualTo("running");
      assertThat(events).extracting(QmpClient.Event::name).containsExactly("RESUME", "SHUTDOWN");
      assertThat(events.getLast().data()).containsEntry("guest", true).containsEntry("reason", "x");
    }
    server.awaitScript();
  }

  @Test
  void answersAreMatchedByIdWhateverTheirOrder() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String first = peer.line();
          String second = peer.line();
          peer.reply(second, "\"" + name(second) + "\"");
          peer.reply(first, "\"" + name(first) + "\"");
          peer.drain();
        });

    try (QmpClient client = connect();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Object>> calls =
          List.of(
              () -> client.execute("one", Map.of(), LONG),
              () -> client.execute("two", Map.of(), LONG));
      List<Object> answers = new ArrayList<>();
      for (Future<Object> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      assertThat(answers).containsExactly("one", "two");
    }
  }

  @Test
  void argumentsAreSentAsJsonWhateverTheyHold() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String command = peer.line();
          assertThat(command)
              .contains("\"arguments\":{\"command-line\":\"a\\\"b\\n\\\\c\",\"n\":3,\"on\":true}");
          peer.reply(command, "\"done\"");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      Map<String, Object> arguments = new java.util.LinkedHashMap<>();
      arguments.put("command-line", "a\"b\n\\c");
      arguments.put("n", 3);
      arguments.put("on", true);
      assertThat(client.execute("human-monitor-command", arguments, LONG)).isEqualTo("done");
    }
    server.awaitScript();
  }

  @Test
  void aRefusalCarriesQemusWords() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String id = FakeQmpServer.Peer.id(peer.line());
          peer.send(
              "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no such thing\"}, \"id\": "
                  + id
                  + "}\r\n");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertFails(
          () -> client.execute("nonsense", Map.of(), LONG), Reason.REFUSED, "no such thing");
      assertThat(client.isOpen()).isTrue();
    }
  }

  @Test
  void aCommandThatIsNeverAnsweredEndsAtItsDeadlineAndItsLateAnswerHarmsNobody() throws Exception {
    CountDownLatch givenUp = new CountDownLatch(1);
    serve(
        peer -> {
          peer.handshake();
          String late = peer.line();
          givenUp.await();
          peer.reply(late, "\"late\"");
          peer.reply(peer.line(), "\"right\"");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertFails(() -> client.execute("slow", Map.of(), SHORT), Reason.TIMEOUT, "slow");
      givenUp.countDown();

      assertThat(client.execute("quick", Map.of(), LONG)).isEqualTo("right");
    }
  }

  @Test
  void aServerThatNeverGreetsIsGivenUp() throws Exception {
    serve(FakeQmpServer.Peer::drain);

    assertFails(() -> connect(SHORT), Reason.TIMEOUT, "greeting");
    server.awaitScript();
  }

  @Test
  void aServerThatHangsUpFailsWhoeverWaits() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          peer.line();
        });

    try (QmpClient client = connect()) {
      assertFails(() -> client.execute("any", Map.of(), LONG), Reason.CLOSED, "closed");
      client.onClose().get(30, TimeUnit.SECONDS);
      assertThat(client.isOpen()).isFalse();
      assertFails(() -> client.execute("another", Map.of(), LONG), Reason.CLOSED, "closed");
    }
  }

  @Test
  void nobodyListeningIsSaidAtOnce() throws Exception {
    Path absent = dir.resolve("absent");
    Path file = Files.createFile(dir.resolve("file"));

    for (Path socket : List.of(absent, file)) {
      assertFails(
          () -> QmpClient.connect(socket, events::add, LONG), Reason.CLOSED, "nobody listens");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "what?",
        "[]",
        "7",
        "{\"return\": {}",
        "{\"return\": {}}{}",
        "{\"id\": 99999, \"return\": {}}",
        "{\"id\": \"x\", \"return\": {}}",
        "{\"event\": 7}",
        "\u0000\u0001\u0002",
      })
  void nonsenseIsSkipped(String line) throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String command = peer.line();
          peer.send(line + "\r\n\r\n");
          peer.reply(command, "\"fine\"");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertThat(client.execute("any", Map.of(), LONG)).isEqualTo("fine");
      assertThat(events).isEmpty();
    }
  }

  @Test
  void deepNestingIsNonsenseNotAnOverflow() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String command = peer.line();
          peer.send("{\"event\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}\r\n");
          peer.reply(command, "\"fine\"");
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertThat(client.execute("any", Map.of(), LONG)).isEqualTo("fine");
    }
  }

  @Test
  void nonsenseWithoutEndClosesTheConnection() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          peer.line();
          for (int i = 0; i < 1000; i++) {
            peer.send("nonsense\n");
          }
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertFails(() -> client.execute("any", Map.of(), LONG), Reason.CLOSED, "closed");
    }
  }

  @Test
  void aLineWithoutEndClosesTheConnection() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          peer.line();
          String chunk = "x".repeat(64 * 1024);
          for (int sent = 0; sent <= QmpClient.MAX_LINE_BYTES; sent += chunk.length()) {
            peer.send(chunk);
          }
          peer.drain();
        });

    try (QmpClient client = connect()) {
      assertFails(() -> client.execute("any", Map.of(), LONG), Reason.CLOSED, "closed");
    }
  }

  @Test
  void aServerThatStopsReadingHoldsUpNobody() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    serve(
        peer -> {
          peer.handshake();
          done.await();
        });

    try (QmpClient client = connect()) {
      Map<String, String> large = Map.of("text", "x".repeat(200_000));
      for (int i = 0; i < 100; i++) {
        assertFails(
            () -> client.execute("any", large, Duration.ofMillis(1)), Reason.TIMEOUT, "QEMU");
      }
    } finally {
      done.countDown();
    }
  }

  @Test
  void aListenerThatThrowsDoesNotEndTheConnection() throws Exception {
    serve(
        peer -> {
          peer.handshake();
          String command = peer.line();
          peer.send("{\"event\": \"STOP\"}\n");
          peer.reply(command, "\"fine\"");
          peer.drain();
        });

    try (QmpClient client =
        QmpClient.connect(
            server.socket(),
            _ -> {
              throw new IllegalStateException("listener");
            },
            LONG)) {
      assertThat(client.execute("any", Map.of(), LONG)).isEqualTo("fine");
    }
  }

  @Test
  void closingEndsWhoeverWaits() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    serve(
        peer -> {
          peer.handshake();
          peer.line();
          asked.countDown();
          peer.drain();
        });

    QmpClient client = connect();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> waiting =
          threads.submit(
              () -> assertFails(() -> client.execute("any", Map.of(), LONG), Reason.CLOSED, ""));
      asked.await();

      client.close();

      waiting.get(30, TimeUnit.SECONDS);
    }
    server.awaitScript();
  }

  private void serve(FakeQmpServer.Script script) throws IOException {
    server = new FakeQmpServer(dir.resolve("q.sock"), script);
  }

  private QmpClient connect() throws Exception {
    return connect(LONG);
  }

  private QmpClient connect(Duration deadline) throws Exception {
    return QmpClient.connect(server.socket(), events::add, deadline);
  }

  private static String name(String command) {
    return command.replaceFirst(".*\"execute\":\"([a-z]+)\".*", "$1");
  }

  private static void assertFails(Callable<?> call, Reason reason, String message) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            QmpException.class, e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason))
        .hasMessageContaining(message);
  }
}
