package dev.banger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MuxTest {
  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(50);

  @Test
  void eachDirectionOfAStreamEndsByItself() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream mine = pair.host.open();
      MuxStream theirs = pair.accept();

      mine.out().write("question".getBytes(StandardCharsets.UTF_8));
      mine.out().close();
      assertThat(theirs.in().readAllBytes()).asString().isEqualTo("question");

      theirs.out().write("answer".getBytes(StandardCharsets.UTF_8));
      theirs.out().close();
      assertThat(mine.in().readAllBytes()).asString().isEqualTo("answer");
    }
  }

  @Test
  void bothSidesOpenStreamsAtTheSameTime() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream fromHost = pair.host.open();
      MuxStream fromAgent = pair.agent.open();
      MuxStream atAgent = pair.accept();
      MuxStream atHost = pair.host.accept(TimeUnit.SECONDS.toNanos(10));

      assertThat(atAgent.id()).isEqualTo(fromHost.id()).isOdd();
      assertThat(atHost.id()).isEqualTo(fromAgent.id()).isEven();
    }
  }

  @Test
  void manyStreamsCarryManyBytesBothWaysUnharmed() throws Exception {
    try (var pair = new MuxPair()) {
      List<Thread> echoes = new ArrayList<>();
      List<CompletableFuture<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        MuxStream stream = pair.host.open();
        MuxStream far = pair.accept();
        echoes.add(pair.start(() -> echo(far)));
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        results.add(result);
        int seed = i;
        pair.start(() -> result.complete(comesBack(pair, stream, seed)));
      }
      for (CompletableFuture<Boolean> result : results) {
        assertThat(result.get(50, TimeUnit.SECONDS)).isTrue();
      }
      for (Thread echo : echoes) {
        echo.join();
      }
    }
  }

  private static void echo(MuxStream stream) {
    try {
      stream.in().transferTo(stream.out());
      stream.out().close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean comesBack(MuxPair pair, MuxStream stream, int seed) {
    CRC32 sent = new CRC32();
    CRC32 received = new CRC32();
    pair.start(
        () -> {
          SplittableRandom random = new SplittableRandom(seed);
          try {
            for (int i = 0; i < 200; i++) {
              byte[] chunk = new byte[random.nextInt(1, 20_000)];
              random.nextBytes(chunk);
              sent.update(chunk);
              stream.out().write(chunk);
            }
            stream.out().close();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    try {
      received.update(stream.in().readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return sent.getValue() == received.getValue();
  }

  @Test
  void aReaderThatDoesNotReadStopsItsOwnStreamOnly() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream slow = pair.host.open();
      MuxStream neverRead = pair.accept();
      byte[] window = new byte[Protocol.INITIAL_WINDOW];
      slow.out().write(window);
      slow.setDeadline(System.nanoTime() + SHORT);
      assertThatExceptionOfType(DeadlineException.class).isThrownBy(() -> slow.out().write(1));

      MuxStream quick = pair.host.open();
      MuxStream far = pair.accept();
      quick.out().write(new byte[] {1, 2, 3});
      assertThat(far.in().readNBytes(3)).containsExactly(1, 2, 3);

      slow.clearDeadline();
      Thread reader = pair.start(() -> drain(neverRead.in()));
      slow.out().write(window);
      reader.join();
    }
  }

  private static void drain(InputStream in) {
    try {
      in.skipNBytes(2L * Protocol.INITIAL_WINDOW);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aReadGivesUpAtItsDeadlineAndTheStreamGoesOn() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream stream = pair.host.open();
      MuxStream far = pair.accept();
      stream.setDeadline(System.nanoTime() + SHORT);
      assertThatExceptionOfType(DeadlineException.class).isThrownBy(() -> stream.in().read());

      stream.clearDeadline();
      far.out().write(7);
      assertThat(stream.in().read()).isEqualTo(7);
    }
  }

  @Test
  void aResetEndsBothDirectionsOnTheOtherSide() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream stream = pair.host.open();
      MuxStream far = pair.accept();
      stream.close();
      assertThatExceptionOfType(StreamResetException.class).isThrownBy(() -> far.in().read());
      assertThatExceptionOfType(StreamResetException.class)
          .isThrownBy(() -> far.out().write(new byte[1]));
      assertThat(far.isOpen()).isFalse();
    }
  }

  @Test
  void streamsBeyondTheLimitAreRefusedAndPlacesAreGivenBack() throws Exception {
    try (var pair = new MuxPair()) {
      List<MuxStream> open = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        open.add(pair.host.open());
        pair.accept();
      }
      MuxStream refused = pair.host.open();
      assertThatExceptionOfType(StreamResetException.class).isThrownBy(() -> refused.in().read());

      open.getFirst().close();
      pair.host.ping(TimeUnit.SECONDS.toNanos(10));
      MuxStream next = pair.host.open();
      next.out().write(1);
      assertThat(pair.accept().in().read()).isEqualTo(1);
    }
  }

  @Test
  void theEndOfTheLinkEndsEverythingOnIt() throws Exception {
    try (var pair = new MuxPair()) {
      MuxStream stream = pair.host.open();
      CompletableFuture<Void> ended = new CompletableFuture<>();
      pair.host.onEnd(() -> ended.complete(null));
      pair.toHost.close();

      ended.get(10, TimeUnit.SECONDS);
      assertThatExceptionOfType(StreamResetException.class).isThrownBy(() -> stream.in().read());
      assertThatExceptionOfType(StreamResetException.class).isThrownBy(pair.host::open);
      assertThat(pair.host.accept(1)).isNull();
      assertThat(pair.host.reason()).isNotEmpty();
    }
  }

  @Test
  void aPeerThatTakesNoMoreStreamsIsNotAskedForOne() throws Exception {
    try (var pair = new MuxPair()) {
      pair.agent.goAway();
      pair.agent.ping(TimeUnit.SECONDS.toNanos(10));
      assertThatExceptionOfType(StreamResetException.class).isThrownBy(pair.host::open);
    }
  }

  @Test
  void brokenRulesEndTheLink() {
    byte[] syn = frame(1, 1, 1, 1, 0);
    assertThat(reasonFor(frame(2, 0, 0, 1, 0))).contains("version 2");
    assertThat(reasonFor(frame(1, 9, 0, 1, 0))).contains("type 9");
    assertThat(reasonFor(frame(1, 0, 0x100, 1, 0))).contains("flags 256");
    assertThat(reasonFor(frame(1, 0, 0, 1, 65_537))).contains("65537");
    assertThat(reasonFor(frame(1, 0, 0, 1, -1))).contains("4294967295");
    assertThat(reasonFor(frame(1, 0, 0, 0, 0))).contains("stream 0");
    assertThat(reasonFor(frame(1, 2, 1, 5, 0))).contains("stream 5");
    assertThat(reasonFor(frame(1, 0, 0, 77, 0))).contains("never opened");
    assertThat(reasonFor(frame(1, 1, 1, 2, 0))).contains("out of turn");
    assertThat(reasonFor(syn, syn)).contains("out of turn");
    assertThat(reasonFor(syn, frame(1, 1, 0, 1, 1))).contains("granted more");
    assertThat(reasonFor(syn, frame(1, 0, 4, 1, 0), frame(1, 0, 0, 1, 1), new byte[1]))
        .contains("did not grant");
    assertThat(reasonFor(Arrays.copyOf(syn, 7))).contains("ended inside a frame");
  }

  @Test
  void moreBytesThanWereGrantedEndTheLink() {
    byte[][] input = new byte[11][];
    input[0] = frame(1, 1, 1, 1, 0);
    for (int i = 1; i < 11; i += 2) {
      input[i] = frame(1, 0, 0, 1, Protocol.MAX_FRAME);
      input[i + 1] = new byte[Protocol.MAX_FRAME];
    }
    assertThat(reasonFor(input)).contains("did not grant");
  }

  @Test
  void aPeerThatAsksAndNeverReadsIsCutOff() {
    byte[][] pings = new byte[20_000][];
    Arrays.fill(pings, frame(1, 2, 1, 0, 1));
    assertThat(reasonFor(pings)).contains("than it reads");
  }

  @Test
  void anAgentSkipsPaddingAndStopsBeforeAFreshRequest() throws Exception {
    byte[] padding = new byte[100_000];
    byte[] request = LinkSync.request(new byte[16]);
    var input = new LinkInput(Bytes.stream(padding, frame(1, 1, 1, 1, 0), padding, request));
    Mux mux = new Mux(input, Bytes.nowhere(), Mux.Side.AGENT, 8);
    mux.run();
    assertThat(LinkSync.awaitRequest(input)).hasSize(16);
  }

  @Test
  void aHostNoticesThatTheAgentWasStartedAnew() {
    var input = new LinkInput(Bytes.stream(LinkSync.answer(new byte[16])));
    Mux mux = new Mux(input, Bytes.nowhere(), Mux.Side.HOST, 0);
    assertThat(mux.run()).isEqualTo("the agent was started anew");
  }

  @Test
  void noBytesWhateverBreakTheReader() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<byte[]> input = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int type = random.nextInt(0, 5);
        int length = random.nextBoolean() ? random.nextInt(0, 70_000) : random.nextInt();
        input.add(frame(1, type, random.nextInt(0, 18), random.nextInt(-1, 12), length));
        byte[] payload = new byte[random.nextInt(0, 100)];
        random.nextBytes(payload);
        input.add(payload);
      }
      assertThat(reasonFor(input.toArray(new byte[0][]))).as("seed %d", seed).isNotEmpty();
    }
  }

  private static String reasonFor(byte[]... input) {
    return new Mux(
            new LinkInput(Bytes.stream(input)),
            Bytes.nowhere(),
            Mux.Side.AGENT,
            Protocol.MAX_STREAMS)
        .run();
  }

  private static byte[] frame(int version, int type, int flags, int stream, int length) {
    byte[] header = new byte[MuxFrame.HEADER];
    MuxFrame.encode(header, type, flags, stream, length);
    header[0] = (byte) version;
    return header;
  }
}
