package dev.banger.plugin.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CommandSpec;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeTerminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandsTest {
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

  private Map<?, ?> start(String... values) throws Exception {
    return guest.run(Start::run, Specs.START, values);
  }

  @Test
  void a_session_starts_in_the_repository_and_tells_names_of_variables_only() throws Exception {
    Path repo = guest.host.guestRoot(Guest.WEB).resolve("root/repo");
    Files.createDirectories(repo);
    Map<?, ?> answer =
        start("name", "dev", "command", "sleep\n100", "env", "TOKEN=hunter2\nPORT=3000");
    assertThat(answer.get("message"))
        .isEqualTo("dev  started  pid %s  /root/repo".formatted(answer.get("pid")));
    assertThat(answer.get("env")).isEqualTo(List.of("PORT", "TOKEN"));
    assertThat(answer.toString()).doesNotContain("hunter2");
    assertThat(guest.run(SessionsPlugin::show, Specs.SHOW, "session", "dev").toString())
        .doesNotContain("hunter2");
  }

  @Test
  void a_name_is_the_programs_with_a_number_when_it_is_taken() throws Exception {
    assertThat(start("command", "/bin/sleep\n100").get("name")).isEqualTo("sleep");
    assertThat(start("command", "sleep\n100").get("name")).isEqualTo("sleep-2");
    assertThatThrownBy(() -> start("name", "sleep", "command", "sleep\n100"))
        .hasMessage("VM web has a session sleep already");
    assertThatThrownBy(() -> start("name", "sleep", "command", "sleep\n100", "replace", "true"))
        .hasMessageContaining("still running; --replace is for ended ones");
    start("name", "short", "command", "true");
    guest.ended("short");
    assertThat(start("name", "short", "command", "sleep\n100", "replace", "true").get("state"))
        .isEqualTo("running");
  }

  @Test
  void what_cannot_be_launched_says_which() throws Exception {
    Path root = guest.host.guestRoot(Guest.WEB);
    Files.createDirectories(root.resolve("root"));
    Files.writeString(root.resolve("root/notes"), "");
    assertThatThrownBy(() -> start("command", "true", "cwd", "/nowhere"))
        .hasMessageContaining("session true was not started: working directory /nowhere");
    assertThatThrownBy(() -> start("command", "true", "cwd", "/root/notes"))
        .hasMessageContaining("not a directory");
    assertThatThrownBy(() -> start("command", "no-such-program"))
        .hasMessage(
            "session no-such-program was not started: VM web has no command \"no-such-program\"");
    assertThatThrownBy(() -> start("command", "./notes"))
        .hasMessage("session notes was not started: ./notes is not executable in the guest");
    assertThatThrownBy(() -> start("vm", "off", "command", "true"))
        .hasMessage("VM off is stopped, not running; its sessions are inside it");
    assertThat(guest.host.jobs(Guest.WEB, Guest.LIMIT)).isEmpty();
  }

  @Test
  void what_is_typed_wrong_is_refused_without_repeating_secrets() {
    assertThatThrownBy(() -> start("command", "true", "name", "Dev!"))
        .hasMessageContaining("got \"Dev!\"");
    assertThatThrownBy(() -> start("command", "true", "tty", "true", "pipe", "true"))
        .hasMessage("--tty and --pipe exclude each other");
    for (String pair : List.of("hunter2", "=hunter2", "hunter-2=x", "2hunter=x")) {
      assertThatThrownBy(() -> start("command", "true", "env", pair))
          .hasMessageContaining("KEY=VALUE")
          .hasMessageNotContaining("hunter");
    }
  }

  private FakeTerminal logs(String... values) throws Exception {
    FakeTerminal terminal = FakeTerminal.piping("");
    Logs.run(guest.call(Specs.LOGS, terminal, values));
    return terminal;
  }

  @Test
  void logs_keep_outputs_apart_and_tell_where_to_go_on() throws Exception {
    guest.start("dev", "sh", "-c", "printf 'a\\033[31mb'; printf error >&2");
    guest.ended("dev");
    FakeTerminal all = logs("session", "dev", "print-cursor", "true");
    assertThat(all.shown()).isEqualTo("a\u001b[31mb");
    assertThat(all.complained()).isEqualTo("errorcursor 7.5\n");
    assertThat(logs("session", "dev", "since", "6.5").shown()).isEqualTo("b");
    assertThat(logs("session", "dev", "tail", "1").complained()).isEqualTo("r");
    assertThat(logs("session", "dev", "tail", "0").shown()).isEmpty();
    assertThatThrownBy(() -> logs("session", "dev", "tail", "1", "since", "0"))
        .hasMessage("--since and --tail exclude each other");
    assertThatThrownBy(() -> logs("session", "dev", "tail", "-1")).hasMessageContaining("got -1");
    assertThatThrownBy(() -> logs("session", "none")).hasMessage("VM web has no session \"none\"");
  }

  @Test
  void logs_follow_to_the_end() throws Exception {
    guest.start("dev", "sh", "-c", "echo one; sleep 0.2; echo two");
    assertThat(logs("session", "dev", "follow", "true").shown()).isEqualTo("one\ntwo\n");
  }

  @Test
  void what_is_sent_is_read_and_can_be_the_last() throws Exception {
    guest.start("dev", "sh", "-c", "cat; exit 6");
    FakeTerminal input = FakeTerminal.piping("from a pipe\n");
    Send.run(guest.call(Specs.SEND, input, "session", "dev"));
    Send.run(
        guest.call(
            Specs.SEND,
            FakeTerminal.piping(""),
            "session",
            "dev",
            "text",
            "text",
            "enter",
            "true",
            "eof",
            "true"));
    assertThat(guest.ended("dev").exitCode()).hasValue(6);
    assertThat(logs("session", "dev").shown()).isEqualTo("from a pipe\ntext\n");
    assertThatThrownBy(
            () ->
                Send.run(
                    guest.call(Specs.SEND, FakeTerminal.piping(""), "session", "dev", "text", "x")))
        .hasMessage("session dev has ended: exit code 6");
  }

  @Test
  void stop_asks_first_and_forces_the_whole_group_later() throws Exception {
    guest.start("polite", "sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done");
    awaitOutput("polite");
    Map<?, ?> polite = guest.run(Ending::stop, Specs.STOP, "session", "polite");
    assertThat(polite.get("exitCode")).isEqualTo(3);
    assertThat(polite.get("message").toString()).startsWith("polite  exit code 3 after ");

    guest.start(
        "stubborn",
        "sh",
        "-c",
        "trap '' TERM; (echo up; while :; do sleep 0.05; done) & while :; do sleep 0.05; done");
    awaitOutput("stubborn");
    FakeCommandCall call =
        guest.call(Specs.STOP, FakeTerminal.piping(""), "session", "stubborn", "grace", "100ms");
    assertThat(Ending.stop(call).value().toString())
        .contains("killed by KILL after ", "forced: it ignored TERM");
    assertThat(call.stages()).containsExactly("stop note TERM was ignored for 0.1 s; KILL");
    assertThat(guest.run(Ending::stop, Specs.STOP, "session", "stubborn").get("message").toString())
        .isEqualTo("stubborn  has ended already: killed by KILL");
  }

  @Test
  void every_verb_tells_programs_the_same_fields_and_which_vm() throws Exception {
    Map<?, ?> started =
        guest.run(Start::run, Specs.START, "name", "dev", "command", "sleep\n100", "cwd", "/");
    Map<?, ?> shown = guest.run(SessionsPlugin::show, Specs.SHOW, "session", "dev");
    Map<?, ?> signalled = guest.run(Ending::kill, Specs.KILL, "session", "dev", "signal", "CONT");
    Map<?, ?> stopped = guest.run(Ending::stop, Specs.STOP, "session", "dev");
    Map<?, ?> removed = guest.run(Ending::remove, Specs.REMOVE, "session", "dev");
    for (Map<?, ?> each : List.of(started, shown, signalled, stopped, removed)) {
      assertThat(each.get("vm")).isEqualTo("web");
      assertThat(each.get("name")).isEqualTo("dev");
      assertThat(each.keySet().stream().map(Object::toString))
          .contains(
              "state",
              "mode",
              "pid",
              "startedAt",
              "endedAt",
              "exitCode",
              "signal",
              "cwd",
              "command",
              "env",
              "stdout",
              "stderr",
              "inputBytes",
              "inputOpen",
              "connections",
              "cursor",
              "lastError");
    }
    assertThat(stopped.get("state")).isEqualTo("ended");
    assertThat(stopped.get("signal")).isEqualTo("TERM");
  }

  @Test
  void completion_finds_the_names_of_sessions_in_the_list() {
    // By the rule in docs/plugin-authors.md: an argument named as the group, and its list.
    for (CommandSpec each :
        List.of(
            Specs.SHOW,
            Specs.LOGS,
            Specs.ATTACH,
            Specs.SEND,
            Specs.STOP,
            Specs.KILL,
            Specs.REMOVE)) {
      assertThat(each.path()).startsWith("vm session ");
      assertThat(each.args().get(0).name()).isEqualTo("vm");
      assertThat(each.args().get(1).name()).isEqualTo("session");
    }
    assertThat(Specs.LIST.path()).isEqualTo("vm session list");
  }

  @Test
  void what_a_command_has_left_of_its_group_is_stopped_and_killed_too() throws Exception {
    String stays = "(%s exec 1>&- 2>&- 0<&-; while :; do sleep 0.05; done) & echo up";
    guest.start("polite", "sh", "-c", stays.formatted(""));
    assertThat(guest.ended("polite").pid()).isPositive();
    assertThat(guest.run(Ending::stop, Specs.STOP, "session", "polite").get("message").toString())
        .startsWith(
            "polite  has ended already: exit code 0; what was left of its process group was ended"
                + " after ")
        .doesNotContain("forced");
    assertThat(guest.job("polite").pid()).isZero();
    assertThat(guest.run(Ending::stop, Specs.STOP, "session", "polite").get("message").toString())
        .isEqualTo("polite  has ended already: exit code 0");

    guest.start("stubborn", "sh", "-c", stays.formatted("trap '' TERM;"));
    guest.ended("stubborn");
    assertThat(
            guest
                .run(Ending::stop, Specs.STOP, "session", "stubborn", "grace", "100ms")
                .get("message")
                .toString())
        .endsWith("; forced: what was left of its process group ignored TERM");
    assertThat(guest.job("stubborn").pid()).isZero();

    // Ends at TERM itself, and leaves one that does not.
    guest.start(
        "both",
        "sh",
        "-c",
        stays.formatted("trap '' TERM;") + "; trap 'exit 3' TERM; while :; do sleep 0.05; done");
    awaitOutput("both");
    assertThat(
            guest
                .run(Ending::stop, Specs.STOP, "session", "both", "grace", "500ms")
                .get("message")
                .toString())
        .startsWith("both  exit code 3 after ")
        .endsWith("; forced: what was left of its process group ignored TERM");
    assertThat(guest.job("both").pid()).isZero();

    guest.start("killed", "sh", "-c", stays.formatted(""));
    guest.ended("killed");
    assertThat(guest.run(Ending::kill, Specs.KILL, "session", "killed").get("message").toString())
        .endsWith("; what was left of its process group was killed");
    assertThat(guest.job("killed").pid()).isZero();
  }

  private void awaitOutput(String name) throws InterruptedException {
    while (guest.job(name).stdout().to() == 0) {
      Thread.sleep(5);
    }
  }

  @Test
  void signals_have_names_and_numbers() throws Exception {
    guest.start("dev", "sh", "-c", "trap 'echo hup' HUP; echo up; while :; do sleep 0.05; done");
    awaitOutput("dev");
    assertThat(
            guest
                .run(Ending::kill, Specs.KILL, "session", "dev", "signal", "SIGHUP")
                .get("message"))
        .isEqualTo("dev  was sent signal 1");
    while (guest.job("dev").stdout().to() < "up\nhup\n".length()) {
      Thread.sleep(5);
    }
    for (String wrong : List.of("0", "65", "HUPS", "")) {
      assertThatThrownBy(
              () -> guest.run(Ending::kill, Specs.KILL, "session", "dev", "signal", wrong))
          .hasMessageContaining("got \"" + wrong + "\"");
    }
    assertThat(guest.run(Ending::kill, Specs.KILL, "session", "dev").get("message"))
        .isEqualTo("dev  killed by KILL");
    assertThat(logs("session", "dev").shown()).isEqualTo("up\nhup\n");
  }

  @Test
  void only_what_has_ended_is_forgotten() throws Exception {
    guest.start("on", "sleep", "100");
    guest.start("off", "true");
    guest.ended("off");
    assertThatThrownBy(() -> guest.run(Ending::remove, Specs.REMOVE, "session", "on"))
        .hasMessage("session on is still running");
    assertThatThrownBy(() -> guest.run(Ending::remove, Specs.REMOVE))
        .hasMessageContaining("name a session, or say --ended");
    assertThat(guest.run(Ending::remove, Specs.REMOVE, "ended", "true").get("removed"))
        .isEqualTo(List.of("off"));
    Map<?, ?> none = guest.run(Ending::remove, Specs.REMOVE, "ended", "true");
    assertThat(none.get("message")).isEqualTo("none has ended");
  }
}
