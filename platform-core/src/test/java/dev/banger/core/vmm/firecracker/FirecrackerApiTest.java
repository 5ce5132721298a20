package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirecrackerApiTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(150);

  @TempDir Path dir;
  private Path socket;
  private FirecrackerApi api;

  @BeforeEach
  void makeApi() {
    socket = dir.resolve("q.sock");
    api = new FirecrackerApi(socket);
  }

  @Test
  void aChangeIsSentInOnePieceWithItsLengthAndNeedsNoAnswerButYes() throws Exception {
    try (Peer peer = Peer.answering(socket, "HTTP/1.1 204 \r\nServer: Firecracker API\r\n\r\n")) {
      assertThat(api.call(ApiRequest.action("InstanceStart"), LIMIT)).isEmpty();
      assertThat(peer.heard()).hasSize(1);
      assertThat(peer.heard().getFirst().split("\r\n"))
          .containsExactly(
              "PUT /actions HTTP/1.1",
              "Host: localhost",
              "Accept: application/json",
              "Content-Type: application/json",
              "Content-Length: 31",
              "",
              "{\"action_type\":\"InstanceStart\"}");
    }
  }

  @Test
  void aQuestionIsAnsweredWithItsJson() throws Exception {
    try (Peer peer = Peer.answering(socket, ok("{\"id\":\"vm\",\"state\":\"Running\"}"))) {
      assertThat(api.call(ApiRequest.get("/"), LIMIT))
          .isEqualTo(Map.of("id", "vm", "state", "Running"));
      assertThat(peer.heard())
          .containsExactly("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
    }
  }

  @Test
  void anAnswerMayComeInCrumbs() throws Exception {
    try (Peer _ =
        new Peer(
            socket,
            (peer, connection) -> {
              peer.hear(connection);
              for (char c : ok("{\"a\":1}").toCharArray()) {
                Peer.say(connection, String.valueOf(c));
              }
              Peer.untilHungUp(connection);
            })) {
      assertThat(api.call(ApiRequest.get("/"), LIMIT)).isEqualTo(Map.of("a", 1));
    }
  }

  @Test
  void whatTheVmmSaysOfARefusalIsPassedOn() throws Exception {
    String body = "{\"fault_message\":\"No\\tKVM\"}";
    refused(
        "HTTP/1.1 400 \r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body),
        400,
        "No KVM");
  }

  @Test
  void whatItsHttpServerSaysIsPassedOnThoughItIsNoProperJson() throws Exception {
    String body = "{ \"error\": \"Invalid request.\nAll previous unanswered requests dropped.\" }";
    refused(
        "HTTP/1.1 400 \r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body),
        400,
        "Invalid request. All previous unanswered requests dropped.");
    refused(
        "HTTP/1.1 503\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"
            + "{ \"error\": \"Too many open connections\" }",
        503,
        "Too many open connections");
  }

  @Test
  void aRefusalWithoutAWordIsItsStatus() throws Exception {
    refused("HTTP/1.1 500 \r\n\r\n", 500, "HTTP status 500");
  }

  @Test
  void whoeverHangsUpInTheMiddleIsGone() throws Exception {
    fails("", ApiException.Reason.CLOSED);
    fails("HTTP/1.1 20", ApiException.Reason.CLOSED);
    fails("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"", ApiException.Reason.CLOSED);
  }

  @Test
  void whereNobodyListensNobodyAnswers() {
    assertThatThrownBy(() -> api.call(ApiRequest.get("/"), LIMIT))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(ApiException.Reason.CLOSED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{\"a\"",
      })
  void whatIsNoAnswerIsCalledThat(String answer) throws Exception {
    fails(answer, ApiException.Reason.NONSENSE);
  }

  @Test
  void endlessHeadsAreNotReadToTheirEnd() throws Exception {
    fails("HTTP/1.1 200 " + "x".repeat(5000), ApiException.Reason.NONSENSE);
    fails("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(500), ApiException.Reason.NONSENSE);
  }

  @Test
  void whoNeverAnswersIsGivenUp() throws Exception {
    try (Peer _ = new Peer(socket, (_, connection) -> Peer.untilHungUp(connection))) {
      assertThatThrownBy(() -> api.call(ApiRequest.get("/"), SHORT))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> assertThat(e.reason()).isEqualTo(ApiException.Reason.TIMEOUT))
          .hasMessage("no answer to GET / within 150 ms");
    }
  }

  @Test
  void whoAnswersHalfIsGivenUp() throws Exception {
    try (Peer _ =
        new Peer(
            socket,
            (peer, connection) -> {
              peer.hear(connection);
              Peer.say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
              Peer.untilHungUp(connection);
            })) {
      assertThatThrownBy(() -> api.call(ApiRequest.get("/"), SHORT))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> assertThat(e.reason()).isEqualTo(ApiException.Reason.TIMEOUT));
    }
  }

  @Test
  void thereIsNeverMoreThanOneConnection() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Peer _ =
        new Peer(
            socket,
            (peer, connection) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              peer.hear(connection);
              now.decrementAndGet();
              Peer.say(connection, ok("{}"));
            })) {
      AtomicReference<Exception> failure = new AtomicReference<>();
      CountDownLatch done = new CountDownLatch(16);
      for (int i = 0; i < 16; i++) {
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    api.call(ApiRequest.get("/"), LIMIT);
                  } catch (Exception e) {
                    failure.set(e);
                  }
                  done.countDown();
                });
      }
      done.await();
      assertThat(failure.get()).isNull();
      assertThat(most.get()).isEqualTo(1);
    }
  }

  @Test
  void whoeverWaitsMayBeInterrupted() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Peer _ =
        new Peer(
            socket,
            (peer, connection) -> {
              peer.hear(connection);
              asked.countDown();
              Peer.untilHungUp(connection);
            })) {
      AtomicReference<Exception> failure = new AtomicReference<>();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      api.call(ApiRequest.get("/"), LIMIT);
                    } catch (Exception e) {
                      failure.set(e);
                    }
                  });
      asked.await();
      caller.interrupt();
      caller.join();
      assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    }
  }

  private void refused(String answer, int status, String message) throws Exception {
    try (Peer _ = Peer.answering(socket, answer)) {
      assertThatThrownBy(() -> api.call(ApiRequest.action("InstanceStart"), LIMIT))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(ApiException.Reason.REFUSED);
                assertThat(e.status()).isEqualTo(status);
              })
          .hasMessage(message);
    }
  }

  private void fails(String answer, ApiException.Reason reason) throws Exception {
    try (Peer _ = Peer.answering(socket, answer)) {
      assertThatThrownBy(() -> api.call(ApiRequest.get("/"), LIMIT))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason));
    }
  }

  private static String ok(String body) {
    return "HTTP/1.1 200 \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n"
        + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body);
  }
}
