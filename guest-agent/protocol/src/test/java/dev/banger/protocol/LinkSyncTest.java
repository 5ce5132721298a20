package dev.banger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkSyncTest {
  private final Pipe toAgent = new Pipe();
  private final Pipe toHost = new Pipe();

  @AfterEach
  void close() {
    toAgent.close();
    toHost.close();
  }

  @Test
  void anAgentFindsTheRequestInWhateverComesBefore() throws IOException {
    byte[] nonce = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    byte[] request = LinkSync.request(nonce);
    byte[] almost = Arrays.copyOf(request, 12);
    for (int seed = 0; seed < 100; seed++) {
      byte[] garbage = new byte[new SplittableRandom(seed).nextInt(0, 5_000)];
      new SplittableRandom(seed).nextBytes(garbage);
      var in = new LinkInput(Bytes.stream(garbage, almost, almost, new byte[9], almost, request));
      assertThat(LinkSync.awaitRequest(in)).as("seed %d", seed).isEqualTo(nonce);
    }
  }

  @Test
  void anEndBeforeTheRequestIsTold() {
    var in = new LinkInput(Bytes.stream(new byte[1000]));
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> LinkSync.awaitRequest(in));
  }

  @Test
  void theHostDiscardsStaleBytesAndAnswersToOthers() throws Exception {
    byte[] stale = LinkSync.answer(new byte[16]);
    toHost.out.write(
        Bytes.join(new byte[3000], stale, "tail".getBytes(StandardCharsets.US_ASCII), stale));
    CompletableFuture<Void> host = startHost();

    AgentSync.await(new LinkInput(toAgent.in), toHost.out);
    host.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aTruncatedFrameOfAnEarlierHostIsOvercome() throws Exception {
    // The agent is in the middle of a frame of the largest size: the first request is taken for
    // its payload, the second comes behind padding.
    byte[] header = new byte[MuxFrame.HEADER];
    MuxFrame.encode(header, MuxFrame.DATA, MuxFrame.SYN, 1, Protocol.MAX_FRAME);
    toAgent.out.write(header);
    toAgent.out.write(new byte[100]);
    LinkInput input = new LinkInput(toAgent.in);
    Mux old = new Mux(input, Bytes.nowhere(), Mux.Side.AGENT, 8);
    CompletableFuture<Void> agent =
        start(
            () -> {
              old.run();
              AgentSync.await(input, toHost.out);
            });
    CompletableFuture<Void> host = startHost();
    host.get(30, TimeUnit.SECONDS);
    agent.get(30, TimeUnit.SECONDS);
    assertThat(old.isOpen()).isFalse();
  }

  @Test
  void anAgentThatComesUpLateAnswersUntilItHasCaughtUp() throws Exception {
    CompletableFuture<Void> host = startHost();
    LinkInput input = new LinkInput(toAgent.in);
    byte[] first = LinkSync.awaitRequest(input);
    byte[] second = LinkSync.awaitRequest(input); // not before the host has waited in vain
    assertThat(second).isNotEqualTo(first);

    toHost.out.write(LinkSync.answer(first));
    assertThat(host).isNotDone();
    toHost.out.write(LinkSync.answer(second));
    host.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionThatEndsEndsTheHostsWait() {
    CompletableFuture<Void> host = startHost();
    toHost.close();
    toAgent.close();
    assertThat(host).failsWithin(Duration.ofSeconds(20));
  }

  private CompletableFuture<Void> startHost() {
    return start(
        () ->
            new HostSync(new LinkInput(toHost.in), toAgent.out, Thread.ofVirtual().factory())
                .run());
  }

  private interface Task {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> start(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (IOException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }
}
