package dev.banger.plugin.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.TerminalStreams;
import dev.banger.testkit.FakeTerminal;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AttachTest {
  private static final String LEAVE = "\u0010\u0011";

  @TempDir Path dir;
  private Guest guest;

  @BeforeEach
  void guest() {
    guest = new Guest(dir);
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private CommandResult attach(TerminalStreams here, String... values) throws Exception {
    String[] all = new String[values.length + 2];
    all[0] = "session";
    all[1] = "dev";
    System.arraycopy(values, 0, all, 2, values.length);
    return Attach.run(guest.call(Specs.ATTACH, here, all));
  }

  private CompletableFuture<CommandResult> attachBeside(Wire here, String... values) {
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(attach(here, values));
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  @Test
  void pipes_carry_every_byte_both_outputs_the_end_of_input_and_the_exit_code() throws Exception {
    guest.start("dev", "sh", "-c", "cat; echo done >&2; exit 7");
    Wire here = Wire.pipes();
    here.type("a\u0010\u0011\u0003\u0004b");
    here.end();
    assertThat(attach(here, "pipe", "true").exitCode()).isEqualTo(7);
    assertThat(here.output()).isEqualTo("a\u0010\u0011\u0003\u0004b");
    assertThat(here.errors()).isEqualTo("done\n");
  }

  @Test
  void a_session_that_has_ended_is_replayed_from_a_cursor() throws Exception {
    guest.start("dev", "sh", "-c", "printf 0123456789; printf abc >&2; exit 3");
    guest.ended("dev");
    Wire here = Wire.pipes();
    assertThat(attach(here, "since", "4.1").exitCode()).isEqualTo(3);
    assertThat(here.output()).isEqualTo("456789");
    assertThat(here.errors()).isEqualTo("bc");
  }

  @Test
  void who_leaves_a_terminal_is_told_and_the_session_goes_on() throws Exception {
    guest.startOnTerminal("dev", "cat");
    Wire here = Wire.terminal();
    CompletableFuture<CommandResult> attached = attachBeside(here);
    here.type("hello\u0010x");
    here.awaitOutput("hello\u0010x");
    here.type(LEAVE);
    assertThat(attached.get().exitCode()).isZero();
    assertThat(here.output())
        .contains("left session dev, which goes on; banger vm session attach web dev");
    assertThat(guest.job("dev").isRunning()).isTrue();
    assertThat(guest.job("dev").connections()).isZero();
  }

  @Test
  void a_window_that_closes_is_no_end_of_input_for_a_terminal_session() throws Exception {
    guest.startOnTerminal("dev", "sh", "-c", "read line; echo $line; read more; exit 4");
    Wire here = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(here);
    here.type("one\n");
    here.end();
    here.awaitOutput("one");
    Wire other = Wire.pipes();
    other.type("two\n");
    assertThat(attach(other).exitCode()).isEqualTo(4);
    assertThat(attached.get().exitCode()).isEqualTo(4);
  }

  @Test
  void output_goes_on_where_the_link_broke_and_input_is_sent_once() throws Exception {
    guest.start("dev", "sh", "-c", "while read line; do echo \"<$line>\"; done; exit 5");
    Wire here = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(here);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      here.type(i + "\n");
      expected.append('<').append(i).append(">\n");
      if (i % 10 == 5) {
        guest.host.cutJobs();
      }
      if (i % 50 == 49) {
        here.awaitOutput("<" + i + ">");
      }
    }
    here.end();
    assertThat(attached.get().exitCode()).isEqualTo(5);
    assertThat(here.output()).isEqualTo(expected.toString());
  }

  @Test
  void a_reader_of_pipes_holds_the_session_and_misses_nothing() throws Exception {
    guest.start("dev", "sh", "-c", "read go; seq 1 100000; exit 0");
    Wire here = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(here);
    here.type("go\n");
    assertThat(attached.get().exitCode()).isZero();
    StringBuilder expected = new StringBuilder();
    IntStream.rangeClosed(1, 100_000).forEach(i -> expected.append(i).append('\n'));
    assertThat(here.output()).isEqualTo(expected.toString());
    assertThat(here.errors()).isEmpty();
  }

  @Test
  void a_gap_is_a_failure_on_pipes_and_said_on_a_terminal() throws Exception {
    guest.start("dev", "sh", "-c", "seq 1 100000");
    guest.ended("dev");
    String gap =
        guest.job("dev").stdout().from()
            + " bytes of standard output were dropped before they were read";
    Wire here = Wire.pipes();
    assertThatThrownBy(() -> attach(here, "since", "0")).hasMessage(gap);
    assertThat(here.output()).isEmpty();
    Wire terminal = Wire.terminal();
    attach(terminal, "since", "0");
    assertThat(terminal.errors()).isEqualTo(gap + "\n");
  }

  @Test
  void input_that_has_arrived_before_is_skipped() throws Exception {
    guest.start("dev", "sh", "-c", "cat; exit 2");
    Wire first = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(first, "input-from", "0");
    first.type("hello");
    first.awaitOutput("hello");
    guest.host.cutJobs();
    first.type(" ");
    first.awaitOutput("hello ");
    assertThatThrownBy(() -> attach(Wire.pipes(), "input-from", "0", "shared", "true"))
        .hasMessageContaining("somebody else");
    first.end();
    assertThat(attached.get().exitCode()).isEqualTo(2);

    guest.start("next", "sh", "-c", "cat; exit 2");
    Send.run(guest.call(Specs.SEND, FakeTerminal.piping("hello wo"), "session", "next"));
    Wire again = Wire.pipes();
    again.type("o world");
    again.end();
    Attach.run(guest.call(Specs.ATTACH, again, "session", "next", "input-from", "4"));
    assertThat(again.output()).isEqualTo("hello world");
    guest.start("short", "cat");
    assertThatThrownBy(
            () ->
                Attach.run(
                    guest.call(Specs.ATTACH, Wire.pipes(), "session", "short", "input-from", "1")))
        .hasMessage("--input-from must be 0 to 0, which the session has, got 1");
  }

  @Test
  void one_types_into_pipes_and_others_look() throws Exception {
    guest.start("dev", "cat");
    Wire first = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(first);
    first.type("hello\n");
    first.awaitOutput("hello");
    assertThatThrownBy(() -> attach(Wire.pipes()))
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT);
              assertThat(e).hasMessage("somebody else sends to session dev");
              assertThat(e.hint()).isEqualTo("banger vm session attach web dev --read-only");
            });
    Wire second = Wire.pipes();
    CompletableFuture<CommandResult> looking = attachBeside(second, "read-only", "true");
    second.awaitOutput("hello");
    first.end();
    assertThat(attached.get().exitCode()).isZero();
    assertThat(looking.get().exitCode()).isZero();
  }

  @Test
  void a_session_that_is_lost_has_no_exit_code_and_says_so() throws Exception {
    guest.start("dev", "cat");
    Wire here = Wire.pipes();
    CompletableFuture<CommandResult> attached = attachBeside(here);
    here.type("x");
    here.awaitOutput("x");
    guest.host.stopJobs();
    assertThatThrownBy(attached::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("session dev was lost: the guest went down");
  }

  @Test
  void what_cannot_be_joined_says_why() {
    assertThatThrownBy(() -> attach(FakeTerminal.piping("")))
        .hasMessage("VM web has no session \"dev\"");
    guest.startOnTerminal("dev", "cat");
    assertThatThrownBy(() -> attach(FakeTerminal.piping(""), "pipe", "true"))
        .hasMessage("session dev runs on a terminal, not on pipes");
    assertThatThrownBy(() -> attach(FakeTerminal.piping(""), "shared", "true", "alone", "true"))
        .hasMessage("--shared and --alone exclude each other");
    assertThatThrownBy(() -> attach(FakeTerminal.piping(""), "since", "x"))
        .hasMessageContaining("--since takes a cursor");
  }

  @Test
  void a_caller_that_goes_away_leaves_nothing() throws Exception {
    guest.start("dev", "cat");
    Wire here = Wire.pipes();
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    Thread attached =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    attach(here);
                  } catch (Exception e) {
                    failure.complete(e);
                  }
                });
    here.type("x");
    here.awaitOutput("x");
    attached.interrupt();
    assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    assertThat(guest.job("dev").connections()).isZero();
    assertThat(guest.job("dev").isRunning()).isTrue();
  }
}
