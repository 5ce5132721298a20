package dev.banger.plugin.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.GuestJob;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartsTest {
  @ParameterizedTest
  @CsvSource({
    "abc, abc, false",
    "'\u0010\u0011', '', true",
    "'a\u0010\u0011rest', a, true",
    "'\u0010x', '\u0010x', false",
    "'\u0010\u0010\u0011', '\u0010', true",
    "'\u0011\u0010', '\u0011', false",
  })
  void the_keys_to_leave_are_found_wherever_reads_end(String typed, String passed, boolean left) {
    byte[] all = typed.getBytes(UTF_8);
    for (int step = 1; step <= all.length; step++) {
      Detach detach = new Detach();
      ByteArrayOutputStream seen = new ByteArrayOutputStream();
      for (int at = 0; at < all.length && !detach.isFound(); at += step) {
        byte[] chunk = java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + step));
        byte[] to = new byte[chunk.length + 1];
        seen.write(to, 0, detach.filter(chunk, chunk.length, to));
      }
      assertThat(seen.toString(UTF_8)).isEqualTo(passed);
      assertThat(detach.isFound()).isEqualTo(left);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0", "4096, 4096.0", "1.2, 1.2", "start, -1.-1", "now, -2.-2"})
  void cursors_are_read_and_written(String text, String cursor) {
    assertThat(Cursor.parse(text)).hasToString(cursor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.", ".1", "1.2.3", "1,2", "9999999999999999999", "later"})
  void what_is_no_cursor_is_refused(String text) {
    assertThatThrownBy(() -> Cursor.parse(text)).hasMessageContaining("got \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({"65536, 65536", "64KiB, 65536", "16MiB, 16777216", "1GiB, 1073741824"})
  void what_is_kept_has_a_unit(String text, long bytes) {
    assertThat(Sizes.kept(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1KiB", "2GiB", "999999999999GiB", "16 MiB", "16MB", "-1"})
  void more_or_less_is_refused(String text) {
    assertThatThrownBy(() -> Sizes.kept(text))
        .hasMessage("--keep must be 64KiB to 1GiB, got \"%s\"".formatted(text));
  }

  @ParameterizedTest
  @CsvSource({"0s, 0", "500ms, 500", "30s, 30000", "10m, 600000"})
  void a_grace_is_a_time(String text, long millis) {
    assertThat(Sizes.grace(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "11m", "1h", "999999999h", "-1s"})
  void longer_is_refused(String text) {
    assertThatThrownBy(() -> Sizes.grace(text)).hasMessageContaining("got \"" + text + "\"");
  }

  @Test
  void what_did_not_arrive_is_known_by_its_position() {
    Unsent unsent = new Unsent(100);
    unsent.add("hello".getBytes(UTF_8), 5);
    assertThat(unsent.after(100)).asString().isEqualTo("hello");
    assertThat(unsent.after(103)).asString().isEqualTo("lo");
    assertThat(unsent.after(105)).isEmpty();
    // A guest that lies gets no more than was sent, and nothing from before.
    assertThat(unsent.after(Long.MAX_VALUE)).isEmpty();
    assertThat(unsent.after(-5)).asString().isEqualTo("hello");
  }

  @Test
  void only_the_end_of_much_that_was_sent_is_kept() {
    Unsent unsent = new Unsent(0);
    byte[] block = new byte[64 * 1024];
    for (int i = 0; i < 40; i++) {
      java.util.Arrays.fill(block, (byte) i);
      unsent.add(block, block.length);
    }
    byte[] rest = unsent.after(0);
    assertThat(rest).hasSize(1 << 20).startsWith((byte) 24).endsWith((byte) 39);
  }

  private static GuestJob job(GuestJob.State state, int code) {
    return new GuestJob(
        "dev",
        state,
        List.of("sh", "-c", "a b", ""),
        "/root",
        List.of("PORT"),
        false,
        state == GuestJob.State.RUNNING ? 7 : 0,
        Instant.EPOCH,
        Optional.empty(),
        code < 0 ? OptionalInt.empty() : OptionalInt.of(code),
        new GuestJob.Kept(1, 5),
        GuestJob.Kept.NONE,
        0,
        true,
        0,
        "");
  }

  @Test
  void ends_are_told_in_words() {
    assertThat(Words.how(job(GuestJob.State.RUNNING, -1))).isEmpty();
    assertThat(Words.how(job(GuestJob.State.LOST, -1))).isEqualTo("the guest went down");
    assertThat(Words.how(job(GuestJob.State.ENDED, 0))).isEqualTo("exit code 0");
    assertThat(Words.how(job(GuestJob.State.ENDED, 143))).isEqualTo("killed by TERM");
    assertThat(Words.how(job(GuestJob.State.ENDED, 255))).isEqualTo("exit code 255");
    assertThat(Words.row(job(GuestJob.State.RUNNING, -1)))
        .containsEntry("pid", 7L)
        .containsEntry("commandLine", "sh -c 'a b' ''");
    assertThat(Words.row(job(GuestJob.State.LOST, -1)))
        .containsEntry("pid", null)
        .containsEntry("exitCode", null);
    assertThat(Words.details(job(GuestJob.State.RUNNING, -1)))
        .containsEntry("cursor", "5.0")
        .containsEntry("env", List.of("PORT"));
  }
}
