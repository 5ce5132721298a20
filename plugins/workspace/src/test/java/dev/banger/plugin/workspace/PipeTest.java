package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PipeTest {
  private static CompletableFuture<Throwable> aside(Body body) {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                body.run();
                end.complete(null);
              } catch (Throwable e) {
                end.complete(e);
              }
            });
    return end;
  }

  private interface Body {
    void run() throws Exception;
  }

  @Test
  void all_bytes_arrive_in_order_through_a_small_one() throws Exception {
    byte[] sent = new byte[100_000];
    new Random(1).nextBytes(sent);
    Pipe pipe = new Pipe(7);
    CompletableFuture<Throwable> writer =
        aside(
            () -> {
              pipe.out().write(sent, 0, 50_001);
              pipe.out().write(sent, 50_001, 49_999);
              pipe.end();
            });

    assertThat(pipe.in().readAllBytes()).isEqualTo(sent);
    assertThat(writer.get()).isNull();
  }

  @Test
  void a_failure_ends_who_waits_on_either_side() throws Exception {
    Pipe full = new Pipe(4);
    CompletableFuture<Throwable> writer = aside(() -> full.out().write(new byte[100]));
    Pipe empty = new Pipe(4);
    CompletableFuture<Throwable> reader = aside(() -> empty.in().read());

    full.fail(new IOException("gone"));
    empty.fail(new IOException("gone"));

    assertThat(writer.get()).isInstanceOf(IOException.class).hasMessage("gone");
    assertThat(reader.get()).isInstanceOf(IOException.class).hasMessage("gone");
  }

  @Test
  void nothing_is_written_after_the_end() {
    Pipe pipe = new Pipe(4);
    pipe.end();
    assertThatThrownBy(() -> pipe.out().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void progress_is_told_once_a_second_at_most() throws Exception {
    List<String> notes = new ArrayList<>();
    AtomicLong clock = new AtomicLong();
    Progress progress =
        new Progress() {
          @Override
          public void started(String stage) {}

          @Override
          public void note(String stage, String message) {
            notes.add(message);
          }

          @Override
          public void done(String stage, String message) {}
        };
    Meter meter = new Meter(progress, "copy", clock::get);
    OutputStream out = meter.counting(OutputStream.nullOutputStream());
    byte[] megabyte = new byte[1_000_000];
    Arrays.fill(megabyte, (byte) 1);

    for (int i = 0; i < 25; i++) {
      clock.addAndGet(100_000_000);
      out.write(megabyte);
    }

    assertThat(notes).containsExactly("10 MB so far", "20 MB so far");
    assertThat(meter.bytes()).isEqualTo(25_000_000);
  }
}
