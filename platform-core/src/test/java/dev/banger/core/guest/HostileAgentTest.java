package dev.banger.core.guest;

import static dev.banger.core.guest.LyingAgent.closeQuietly;
import static dev.banger.core.guest.LyingAgent.converse;
import static dev.banger.core.guest.LyingAgent.hello;
import static dev.banger.core.guest.LyingAgent.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.GuestLink.ExecSpec;
import dev.banger.core.lifecycle.GuestLink.GuestProcess;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host's link against agents that lie, dawdle or fall silent. */
@Timeout(60)
class HostileAgentTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path dir;
  private LyingAgent agent;

  @BeforeEach
  void listen() throws IOException {
    agent = new LyingAgent(dir);
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
  }

  @Test
  void anAgentOfAnotherGenerationIsRefused() {
    serve((stream, _) -> reply(stream, new GuestMessage.Hello(2, "b", "k", "v")));
    assertRefused(this::connect, ErrorKind.GUEST, "generation 2");
  }

  @Test
  void anAgentThatAcceptsAndSaysNothingIsGivenUp() {
    serve(null);
    assertRefused(
        () -> new SocketGuestConnector().connect(agent.socket, SHORT),
        ErrorKind.TIMEOUT,
        "did not answer within 200 ms");
  }

  @Test
  void anAgentThatAnswersSomethingElseIsRefused() {
    serve((stream, _) -> reply(stream, new GuestMessage.Done()));
    assertRefused(this::connect, ErrorKind.GUEST, "DONE to GREET");
  }

  @Test
  void whatAnAgentSaysOfItselfIsCleaned() throws InterruptedException {
    serve((stream, _) -> reply(stream, hello("b\u001b[31m\n\u202eoot" + "x".repeat(4000))));
    try (GuestLink link = connect()) {
      assertThat(link.hello().bootId()).startsWith("b [31m  oot").hasSize(100);
    }
  }

  @Test
  void whyADiskWasNotGrownIsCleanedAndCut() throws InterruptedException {
    serve(
        (stream, request) ->
            reply(
                stream,
                request instanceof GuestMessage.Greet
                    ? hello("b")
                    : new GuestMessage.GrowReport(
                        Long.MAX_VALUE, "no\u001b[2J\nspace" + "x".repeat(4000))));
    try (GuestLink link = connect()) {
      assertThat(link.growWorkDisk(Duration.ofSeconds(10)))
          .startsWith("no [2J spacexx")
          .hasSize(300);
    }
  }

  @Test
  void anAnswerThatDoesNotComeIsWaitedForNoLongerThanTheDeadline() throws InterruptedException {
    serve(
        (stream, request) -> {
          if (request instanceof GuestMessage.Greet) {
            reply(stream, hello("b"));
          } else {
            stream.out().write(new byte[] {0, 0}); // the beginning of an answer
          }
        });
    try (GuestLink link = connect()) {
      assertRefused(() -> link.health(SHORT), ErrorKind.TIMEOUT, "health check within 200 ms");
      assertThat(link.isOpen()).isTrue();
    }
  }

  @Test
  void refusalsAreToldInTheAgentsCleanedWords() throws InterruptedException {
    serve(
        (stream, request) ->
            reply(
                stream,
                request instanceof GuestMessage.Greet
                    ? hello("b")
                    : new GuestMessage.Failure(
                        FailureKind.NOT_FOUND, "no\u0007pe\n" + "y".repeat(900))));
    try (GuestLink link = connect()) {
      assertThatExceptionOfType(BangerException.class)
          .isThrownBy(() -> link.exec(spec(), LONG))
          .satisfies(e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
          .satisfies(e -> assertThat(e.getMessage()).startsWith("no pe y").hasSize(500));
    }
  }

  private static GuestMessage listeners(String address, int port, String process, boolean last) {
    GuestMessage.Listener one =
        new GuestMessage.Listener(false, address, port, 7, process, "c\n" + process, false);
    return new GuestMessage.ListenersReport(java.util.Collections.nCopies(64, one), last);
  }

  @Test
  void listenersAreCleanedAndAListWithoutEndIsRefused() throws InterruptedException {
    List<GuestMessage> parts = new ArrayList<>();
    serve(
        (stream, request) -> {
          if (request instanceof GuestMessage.Greet) {
            reply(stream, hello("b"));
            return;
          }
          for (GuestMessage part : parts) {
            MessageCodec.write(stream.out(), part);
          }
          while (parts.isEmpty()) {
            MessageCodec.write(stream.out(), listeners("::", 80, "more", false));
          }
        });
    try (GuestLink link = connect()) {
      parts.add(listeners("::1", 80, "\u001b[31m" + "x".repeat(900), true));
      assertThat(link.listeners(LONG))
          .hasSize(64)
          .allSatisfy(
              one -> {
                assertThat(one.process()).startsWith("[31mx").hasSizeLessThanOrEqualTo(64);
                assertThat(one.command()).startsWith("c  [31mx").hasSizeLessThanOrEqualTo(512);
              });
      parts.set(0, listeners("evil.example", 80, "a", true));
      assertRefused(() -> link.listeners(LONG), ErrorKind.GUEST, "a listener on");
      parts.set(0, listeners("::", 0, "a", true));
      assertRefused(() -> link.listeners(LONG), ErrorKind.GUEST, "port 0");
      parts.set(0, new GuestMessage.ListenersReport(List.of(), false));
      assertRefused(() -> link.listeners(LONG), ErrorKind.GUEST, "makes no sense");
      parts.clear();
      assertRefused(() -> link.listeners(LONG), ErrorKind.GUEST, "more than 4096 listeners");
      assertThat(link.isOpen()).isTrue();
    }
  }

  @Test
  void aWatchOfListenersThatLiesEndsAloneHoweverLongItSaysItIs() throws InterruptedException {
    byte[] tooLong = {0x7f, -1, -1, -1, 0};
    byte[] negative = {-1, -1, -1, -1, 0};
    byte[] unknown = {0, 0, 0, 5, 99, 1, 2, 3, 4};
    List<byte[]> lies = new ArrayList<>();
    serve(
        (stream, request) -> {
          switch (request) {
            case GuestMessage.Greet _ -> reply(stream, hello("b"));
            case GuestMessage.Listeners _ when lies.isEmpty() -> {
              MessageCodec.write(stream.out(), listeners("::", 80, "server", true));
              for (int i = 0; i < 65; i++) {
                MessageCodec.write(stream.out(), listeners("::", 80, "more", false));
              }
            }
            case GuestMessage.Listeners _ -> stream.out().write(lies.getFirst());
            default -> reply(stream, new GuestMessage.HealthReport(1, 1, 1, 1, true, true));
          }
        });
    try (GuestLink link = connect()) {
      List<Integer> told = new ArrayList<>();
      assertThatExceptionOfType(BangerException.class)
          .isThrownBy(() -> link.watchListeners(now -> told.add(now.size())))
          .withMessageContaining("more than 4096 listeners");
      assertThat(told).containsExactly(64);
      for (byte[] lie : List.of(tooLong, negative, unknown)) {
        lies.clear();
        lies.add(lie);
        assertThatExceptionOfType(BangerException.class)
            .isThrownBy(() -> link.watchListeners(now -> told.add(now.size())));
        assertThatExceptionOfType(BangerException.class).isThrownBy(() -> link.listeners(LONG));
        assertThat(link.health(LONG).bootstrapped()).as("the rest of the link").isTrue();
      }
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void aCommandWhoseStreamBreaksTheRulesFailsAlone() throws Exception {
    serve(
        (stream, request) -> {
          switch (request) {
            case GuestMessage.Greet _ -> reply(stream, hello("b"));
            case GuestMessage.Exec _ -> {
              reply(stream, new GuestMessage.Started());
              stream.out().write(new byte[] {9, 0, 0, 0, 0});
            }
            default -> reply(stream, new GuestMessage.HealthReport(1, 1, 1, 1, true, true));
          }
        });
    try (GuestLink link = connect()) {
      GuestProcess process = link.exec(spec(), LONG);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> process.exit().get(30, TimeUnit.SECONDS))
          .withMessageContaining("unknown kind 9");
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.stdout().read());
      assertThat(link.health(LONG).bootstrapped()).isTrue();
    }
  }

  @Test
  void aTransferThatStallsIsGivenUpAfterTheIdleLimit() throws InterruptedException {
    serve(
        (stream, request) ->
            reply(
                stream,
                request instanceof GuestMessage.Greet ? hello("b") : new GuestMessage.Started()));
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            return length;
          }
        };
    try (GuestLink link = connect()) {
      assertRefused(() -> link.putTar("/x", endless, SHORT), ErrorKind.TIMEOUT, "no progress");
      assertRefused(
          () -> link.getTar("/x", OutputStream.nullOutputStream(), SHORT),
          ErrorKind.TIMEOUT,
          "no progress");
    }
  }

  @Test
  void aTransferThatFailsInTheGuestTellsWhy() throws InterruptedException {
    serve(
        (stream, request) -> {
          if (request instanceof GuestMessage.Greet) {
            reply(stream, hello("b"));
          } else {
            reply(stream, new GuestMessage.Started());
            ByteFrames.writeError(stream.out(), "disk full\u0000");
          }
        });
    try (GuestLink link = connect()) {
      assertRefused(
          () -> link.getTar("/x", OutputStream.nullOutputStream(), LONG),
          ErrorKind.GUEST,
          "disk full");
    }
  }

  @Test
  void aPeerThatEndsTheConnectionAtOnceIsTriedAgain() throws InterruptedException {
    Thread.ofVirtual()
        .start(
            () -> {
              for (int i = 0; i < 3; i++) {
                closeQuietly(agent.accept());
              }
              converse(agent.accept(), (stream, _) -> reply(stream, hello("late")));
            });
    try (GuestLink link = connect()) {
      assertThat(link.hello().bootId()).isEqualTo("late");
    }
  }

  private GuestLink connect() throws InterruptedException {
    return agent.connect();
  }

  private static ExecSpec spec() {
    return new ExecSpec(List.of("x"), "", Map.of(), false, 0, 0);
  }

  private void serve(LyingAgent.Behaviour behaviour) {
    agent.serve(behaviour);
  }

  private interface Request {
    Object make() throws InterruptedException;
  }

  private static void assertRefused(Runnable request, ErrorKind kind, String words) {
    assertThatExceptionOfType(BangerException.class)
        .isThrownBy(request::run)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static void assertRefused(Request request, ErrorKind kind, String words) {
    assertRefused(
        () -> {
          try {
            request.make();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        kind,
        words);
  }
}
