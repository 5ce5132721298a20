package dev.banger.core.guest;

import static dev.banger.core.guest.LyingAgent.hello;
import static dev.banger.core.guest.LyingAgent.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.banger.core.lifecycle.GuestJobLink.Connection;
import dev.banger.core.lifecycle.GuestJobLink.Input;
import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Output;
import dev.banger.core.lifecycle.GuestJobLink.View;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.GuestMessage.JobReport;
import dev.banger.protocol.JobFrame;
import dev.banger.protocol.MuxStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent that lies about its jobs can do to the host: nothing but fail. */
@Timeout(60)
class HostileJobsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final View ALL = new View(0, 0, true, true, Input.NONE);
  private static final View KEPT = new View(0, 0, false, false, Input.NONE);

  @TempDir Path dir;
  private LyingAgent agent;

  /** What it sends behind the report of a job. */
  private interface Lie {
    void tell(MuxStream stream) throws IOException;
  }

  @BeforeEach
  void listen() throws IOException {
    agent = new LyingAgent(dir);
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
  }

  private static JobReport report(String id, int state, String word, long to) {
    return new JobReport(
        id,
        state,
        List.of("sh", word),
        "/" + word,
        List.of(word),
        false,
        7,
        1,
        0,
        -1,
        0,
        to,
        0,
        to,
        0,
        true,
        1,
        word);
  }

  private static JobReport running(String id) {
    return report(id, JobReport.RUNNING, "", 10);
  }

  /** Every connection to a job is told that; all else is answered honestly. */
  private GuestLink telling(Lie lie) throws InterruptedException {
    agent.serve(
        (stream, request) -> {
          switch (request) {
            case GuestMessage.Greet _ -> reply(stream, hello("b"));
            case GuestMessage.JobConnect connect -> {
              reply(stream, running(connect.id()));
              // Beside, as one that goes on for ever must not keep others from their answers.
              Thread.ofVirtual()
                  .start(
                      () -> {
                        try {
                          lie.tell(stream);
                        } catch (IOException e) {
                          // The host has had enough.
                        }
                      });
            }
            default -> reply(stream, new GuestMessage.HealthReport(1, 1, 1, 1, true, true));
          }
        });
    return agent.connect();
  }

  private void assertNonsense(View view, String words, Lie lie) throws Exception {
    try (LyingAgent other = agent;
        GuestLink link = telling(lie)) {
      assertThat(other).isNotNull();
      try (Connection connection = link.jobs().connect("a", view, LONG)) {
        assertThatIOException()
            .isThrownBy(() -> Told.read(connection))
            .withMessageContaining(words);
      }
      assertThat(link.health(LONG).bootstrapped()).isTrue();
    }
    java.nio.file.Files.delete(agent.socket);
    agent = new LyingAgent(dir);
  }

  private static void frame(MuxStream stream, int kind, int length, long position)
      throws IOException {
    DataOutputStream out = new DataOutputStream(stream.out());
    out.writeByte(kind);
    out.writeInt(length);
    out.writeLong(position);
    out.flush();
  }

  private static void output(MuxStream stream, long position, int count) throws IOException {
    JobFrame.write(stream.out(), JobFrame.STDOUT, position, new byte[count], count);
  }

  @Test
  void frames_that_cannot_be_end_their_connection_and_nothing_else() throws Exception {
    assertNonsense(ALL, "unknown kind 9", stream -> frame(stream, 9, 8, 0));
    assertNonsense(ALL, "frame of 2147483639 bytes", s -> frame(s, 16, Integer.MAX_VALUE, 0));
    assertNonsense(ALL, "frame of 65537 bytes", stream -> frame(stream, 16, 65_537 + 8, 0));
    assertNonsense(ALL, "frame of -8 bytes", stream -> frame(stream, 16, 0, 0));
    assertNonsense(ALL, "from a job", stream -> frame(stream, 16, 8, -1));
    assertNonsense(
        ALL,
        "inside a frame",
        stream -> {
          frame(stream, 16, 8 + 100, 0);
          stream.out().write(new byte[99]);
          stream.out().close();
        });
  }

  @Test
  void output_that_goes_back_skips_or_repeats_is_refused() throws Exception {
    for (long next : new long[] {0, 4, 6, Long.MAX_VALUE}) {
      assertNonsense(
          ALL,
          "output at " + next + " instead of 5",
          stream -> {
            output(stream, 0, 5);
            output(stream, next, 5);
          });
    }
    assertNonsense(
        new View(-1, -1, true, true, Input.NONE),
        "output at " + Long.MAX_VALUE,
        stream -> output(stream, Long.MAX_VALUE, 2));
    assertNonsense(
        ALL,
        "dropped output without its end",
        stream -> JobFrame.writeDropped(stream.out(), JobFrame.STDOUT_DROPPED, 0, 0));
  }

  @Test
  void more_than_was_announced_is_refused_when_only_that_was_asked_for() throws Exception {
    assertNonsense(
        KEPT,
        "output up to 11, where 10 was announced",
        stream -> {
          output(stream, 0, 10);
          output(stream, 10, 1);
        });
  }

  @Test
  void an_end_that_is_not_the_end_of_that_job_is_refused() throws Exception {
    String words = "the end of a job without a report of it";
    assertNonsense(ALL, words, s -> JobFrame.writeEnded(s.out(), running("a")));
    assertNonsense(
        ALL, words, s -> JobFrame.writeEnded(s.out(), report("b", JobReport.ENDED, "", 10)));
    assertNonsense(
        ALL, "", s -> JobFrame.write(s.out(), JobFrame.ENDED, 0, new byte[] {0, 0, 0, 4, 99}, 5));
  }

  @Test
  void a_report_of_another_job_than_was_asked_for_is_refused() throws Exception {
    agent.serve(
        (stream, request) ->
            reply(
                stream,
                request instanceof GuestMessage.Greet ? hello("b") : running("other\u001b[31m")));
    try (GuestLink link = agent.connect()) {
      for (ThrowingCallable each :
          List.<ThrowingCallable>of(
              () -> link.jobs().show("a", LONG), () -> link.jobs().connect("a", ALL, LONG))) {
        assertThatExceptionOfType(BangerException.class)
            .isThrownBy(each)
            .withMessageContaining("when asked for a")
            .satisfies(e -> assertThat(e.kind()).isEqualTo(ErrorKind.GUEST))
            .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
      }
    }
  }

  @Test
  void names_with_escape_codes_are_cleaned_and_a_list_without_end_is_refused() throws Exception {
    String bad = "\u001b]0;x\u0007\n\u202e" + "y".repeat(900);
    agent.serve(
        (stream, request) -> {
          if (request instanceof GuestMessage.Greet) {
            reply(stream, hello("b"));
          } else if (request instanceof GuestMessage.JobShow) {
            reply(stream, report("a", JobReport.RUNNING, bad, Long.MAX_VALUE));
          } else {
            for (int i = 0; i < 1_000_000; i++) {
              reply(stream, running("job-" + i));
            }
          }
        });
    try (GuestLink link = agent.connect()) {
      Job job = link.jobs().show("a", LONG);
      for (String text :
          List.of(job.command().get(1), job.cwd(), job.envNames().get(0), job.remark())) {
        assertThat(text.codePoints()).noneMatch(Character::isISOControl);
        assertThat(text).doesNotContain("\u202e").hasSizeLessThanOrEqualTo(1000);
      }
      assertThat(job.remark()).hasSizeLessThanOrEqualTo(300);
      assertThatExceptionOfType(BangerException.class)
          .isThrownBy(() -> link.jobs().list(LONG))
          .withMessageContaining("JOB_REPORT number 1024");
    }
  }

  @Test
  void an_endless_log_fills_a_window_and_holds_up_no_other_request() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] chunk = new byte[JobFrame.MAX_REST];
    try (GuestLink link =
        telling(
            stream -> {
              while (true) {
                JobFrame.write(stream.out(), JobFrame.STDOUT, sent.get(), chunk, JobFrame.MAX_REST);
                sent.addAndGet(chunk.length);
              }
            })) {
      try (Connection connection = link.jobs().connect("a", ALL, LONG)) {
        long read = ((Output) connection.next()).bytes().length;
        // Requests are answered on the link that it fills.
        for (int i = 0; i < 200; i++) {
          assertThat(link.health(LONG).bootstrapped()).isTrue();
        }
        assertThat(sent.get() - read).isLessThan(2 << 20);
      }
      assertThat(Collections.nCopies(3, link.health(LONG))).allMatch(h -> h.bootstrapped());
    }
  }
}
