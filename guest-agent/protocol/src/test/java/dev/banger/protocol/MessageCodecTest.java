package dev.banger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
  static Stream<GuestMessage> messages() {
    return Stream.of(
        new GuestMessage.Greet(),
        new GuestMessage.Hello(1, "boot", "6.1.0", "0.1.0"),
        new GuestMessage.Done(),
        new GuestMessage.Started(),
        new GuestMessage.Failure(FailureKind.NOT_EXECUTABLE, "ünwilling\n"),
        new GuestMessage.Bootstrap(
            "web", 1_700_000_000_000_000L, "10.0.2.15/24", "", List.of("a", "b"), true),
        new GuestMessage.Health(),
        new GuestMessage.HealthReport(1, Long.MAX_VALUE, 0, 127, true, false),
        new GuestMessage.Exec(
            List.of("sh", "-c", ""), "/x", Map.of("K", "v", "L", ""), true, 65_535, 1),
        new GuestMessage.PutTar("/a b"),
        new GuestMessage.GetTar("/"),
        new GuestMessage.Stat("/x"),
        new GuestMessage.StatReport(true, false),
        new GuestMessage.GrowWorkDisk(),
        new GuestMessage.GrowReport(1L << 43, "read-only"),
        new GuestMessage.Shutdown(),
        new GuestMessage.SetClock(128),
        new GuestMessage.Dial(65_535),
        new GuestMessage.Listeners(true),
        new GuestMessage.ListenersReport(
            List.of(
                new GuestMessage.Listener(false, "::", 80, 7, "httpd", "httpd -p 80", false),
                new GuestMessage.Listener(true, "10.0.2.15", 65_535, 0, "", "", true)),
            true),
        new GuestMessage.JobStart(
            "a-1", List.of("cat"), "/", Map.of("K", "v"), true, 24, 80, 1 << 30, true),
        new GuestMessage.JobList(),
        new GuestMessage.JobShow("a"),
        new GuestMessage.JobConnect("a", -1, -2, true, false, 2),
        new GuestMessage.JobSignal("a", 64),
        new GuestMessage.JobForget("a"),
        new GuestMessage.JobReport(
            "a",
            1,
            List.of("cat", "ü"),
            "/",
            List.of("K"),
            false,
            7,
            Long.MAX_VALUE,
            2,
            -1,
            3,
            4,
            5,
            5,
            6,
            true,
            256,
            "full"));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsWrittenIsReadBack(GuestMessage message) throws IOException {
    var out = new ByteArrayOutputStream();
    MessageCodec.write(out, message);
    assertThat(MessageCodec.read(Bytes.stream(out.toByteArray()))).isEqualTo(message);
  }

  @Test
  void everyKindIsAmongTheMessagesTested() {
    assertThat(messages().map(GuestMessage::kind)).containsExactlyInAnyOrder(MessageKind.values());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageThatEndsEarlyOrLateIsRefused(GuestMessage message) {
    byte[] whole = MessageCodec.encode(message);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> MessageCodec.read(Bytes.stream(part)));
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    longer[3]++;
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.read(Bytes.stream(longer)))
        .withMessageContaining("too many");
  }

  @Test
  void lengthsAreCheckedBeforeAnythingIsAllocated() {
    refuses("2147483647", 0x7f, 0xff, 0xff, 0xff, 1);
    refuses("4294967295", 0xff, 0xff, 0xff, 0xff, 1);
    refuses("message of 0", 0, 0, 0, 0, 1);
    refuses("kind 99", 0, 0, 0, 1, 99);
    // A text of 4097 bytes, a list of 2^62 arguments, a number of 65 bits.
    refuses("4097", 0, 0, 0, 3, 15, 0x81, 0x20);
    refuses("at most", 0, 0, 0, 10, 13, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40);
    refuses("64 bits", 0, 0, 0, 11, 19, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02);
  }

  private static void refuses(String words, int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.read(Bytes.stream(raw)))
        .withMessageContaining(words);
  }

  @Test
  void fieldsTooLargeForTheWireAreRefusedBeforeTheyAreSent() {
    var out = new ByteArrayOutputStream();
    var path = new GuestMessage.Stat("x".repeat(MessageCodec.MAX_TEXT + 1));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> MessageCodec.write(out, path));
    var exec =
        new GuestMessage.Exec(
            Collections.nCopies(3, "x".repeat(100_000)), "", Map.of(), false, 0, 0);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> MessageCodec.write(out, exec));
    assertThat(out.size()).isZero();
  }

  @Test
  void noBytesWhateverBreakTheReader() {
    List<GuestMessage> all = messages().toList();
    for (int seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = MessageCodec.encode(all.get(random.nextInt(all.size())));
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        bytes[random.nextInt(3, bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(MessageCodec.read(Bytes.stream(bytes))).isNotNull();
      } catch (IOException e) {
        assertThat(e)
            .as("seed %d", seed)
            .isInstanceOfAny(ProtocolException.class, EOFException.class);
      }
    }
  }
}
