package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands.Call;
import dev.banger.core.host.Commands.Result;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessCommandsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;

  private final ProcessCommands commands = new ProcessCommands();

  @Test
  void aSinkSlowerThanTheCommandGetsEverything() throws Exception {
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            if (got.size() == 0) {
              // Longer than the patience for output that nobody asked for.
              pause(Duration.ofSeconds(3));
            }
            got.write(b);
          }
        };

    Result result = commands.run(Call.of(LIMIT, "seq", "5000").withStdout(slow));

    assertThat(result.exitCode()).isZero();
    assertThat(got.toString(StandardCharsets.UTF_8).lines()).hasSize(5000).endsWith("5000");
  }

  @Test
  void outputThatIsNotThroughByTheDeadlineIsAnErrorAndNotCutOffSilently() {
    CountDownLatch released = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new IOException(e);
            }
          }
        };
    try {
      assertThatThrownBy(
              () -> commands.run(Call.of(Duration.ofSeconds(1), "echo", "x").withStdout(stuck)))
          .isInstanceOfSatisfying(
              BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT))
          .hasMessage("echo finished, but not all its output was taken within 1 s");
    } finally {
      released.countDown();
    }
  }

  @Test
  void aDescendantThatHoldsThePipeMayCostTheCallButNeverPartOfTheOutput() throws Exception {
    Path pid = dir.resolve("pid");
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    Call call =
        Call.of(
                Duration.ofSeconds(5),
                "sh",
                "-c",
                "sleep 60 & echo $! >\"$0\"; seq 5000",
                pid.toString())
            .withStdout(got);
    try {
      try {
        commands.check(call);
        assertThat(got.toString(StandardCharsets.UTF_8).lines()).hasSize(5000);
      } catch (BangerException e) {
        assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT);
        assertThat(e).hasMessage("sh finished, but not all its output was taken within 5 s");
      }
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void aSinkThatFailsIsAnErrorEvenIfTheCommandDidNotNotice() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> commands.run(Call.of(LIMIT, "echo", "x").withStdout(full)))
        .hasMessage("the output of echo could not be passed on: No space left on device");
  }

  @Test
  void commandsRunInTheRootDirectoryUnlessTold() throws Exception {
    assertThat(commands.run(Call.of(LIMIT, "pwd")).stdout()).isEqualTo("/\n");
    assertThat(commands.run(Call.of(LIMIT, "pwd").withCwd(dir)).stdout()).isEqualTo(dir + "\n");
  }

  @Test
  void aCommandPastItsDeadlineIsEnded() {
    assertThatThrownBy(
            () ->
                commands.run(Call.of(Duration.ofSeconds(1), "sh", "-c", "echo why >&2; sleep 60")))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT);
              assertThat(e.details()).containsExactly("why");
            })
        .hasMessage("sh did not finish within 1 s");
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
