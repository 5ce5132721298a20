package dev.banger.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Session;
import dev.banger.client.SessionPipe;
import dev.banger.client.SessionSpec;
import dev.banger.client.Sessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Sessions of a real guest, whose agent and whose daemon are killed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SessionsIT {
  private static final String LEAVE = "\u0010\u0011";
  private static final int BYTES = 4 << 20;

  private static BangerHome home;
  private static Sessions sessions;

  @BeforeAll
  static void boot() {
    home = BangerHome.with("tiny");
    home.ok("vm", "create", "web", "--image", "tiny", "--no-nat");
    sessions = new Sessions(socket());
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static Path socket() {
    return home.dir().resolve("run/d.sock");
  }

  private static void killDaemon() {
    ProcessHandle daemon = home.daemon();
    daemon.destroyForcibly();
    daemon.onExit().join();
  }

  /** The link breaks before this command can be told of its end. */
  private static void killAgent() {
    home.run("vm", "exec", "web", "--", "sh", "-c", "kill -9 $(pidof ld.so)").exited(125);
  }

  @Test
  @Order(1)
  void whatCannotBeStartedSaysWhy() {
    assertThat(home.run("vm", "session", "start", "web", "--cwd", "/none", "--", "true").err())
        .contains("/none does not exist");
    assertThat(
            home.run("vm", "session", "start", "web", "--cwd", "/etc/passwd", "--", "true").err())
        .contains("/etc/passwd is not a directory");
    assertThat(home.run("vm", "session", "start", "web", "--", "nosuch").err())
        .contains("VM web has no command \"nosuch\"");
    assertThat(home.run("vm", "session", "start", "web", "--", "/etc").err())
        .contains("session etc was not started: /etc is");
    assertThat(sessions.list("web")).isEmpty();
  }

  @Test
  @Order(2)
  void aTerminalIsOneForWhoeverLooksAtIt() throws Exception {
    home.ok("vm", "session", "start", "web", "--tty", "--name", "sh", "--", "sh");
    String shell;
    try (Screen screen = Screen.of(home, "vm", "session", "attach", "web", "sh")) {
      screen.await("terminal ");
      String terminal = screen.await(".");
      screen.await("# ");
      screen.type("stty size\r");
      screen.await("24 80");
      screen.resize(terminal, 33, 101);
      screen.type("until [ \"$(stty size)\" = '33 101' ]; do :; done; echo re''sized\r");
      screen.await("resized");
      // They say when they have begun: keys that come before are the shell's.
      screen.type("sh -c 'echo rea\"\"dy; exec cat'\r");
      screen.await("ready");
      screen.type("\u0003");
      screen.await("# ");
      screen.type("sh -c 'echo wai\"\"ting; exec cat'\r");
      screen.await("waiting");
      screen.type("\u001a");
      screen.await("Stopped");
      screen.type("kill -9 %1; echo pi''d=$$.\r");
      screen.await("pid=");
      shell = screen.await(".");
      screen.type("vi /etc/passwd\r");
      screen.await("/etc/passwd 1/");
      try (Screen other = Screen.of(home, "vm", "session", "attach", "web", "sh")) {
        other.await("/etc/passwd 1/");
        other.type(":q\r");
        screen.await("# ");
        other.type(LEAVE);
        other.await("left session sh");
        other.await("exit 0");
        other.await("put back");
      }
      screen.type("echo st''ill\r");
      screen.await("still");
      killAgent();
      screen.type("echo ag''ain\r");
      screen.await("again");
      killDaemon();
      screen.await("\033[?1049l");
      screen.await("\033[?2004l");
      screen.await("exit 125");
      screen.await("put back");
    }
    home.ok("vm", "list");
    try (Screen screen = Screen.of(home, "vm", "session", "attach", "web", "sh")) {
      screen.type("\recho sa''me=$$.\r");
      screen.await("same=");
      assertThat(screen.await(".")).isEqualTo(shell);
      screen.type("exit 5\r");
      screen.await("exit 5\r\n");
      screen.await("exit 5");
      screen.await("put back");
    }
  }

  @Test
  @Order(3)
  void aCounterLosesAndDoublesNothingWhoeverIsKilled() throws Exception {
    String script = "i=0; while [ $i -lt 60000 ]; do echo $i; i=$((i+1)); done; exit 9";
    sessions.start("web", SessionSpec.of("sh", "-c", script).named("count"));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      expected.append(i).append('\n');
    }
    Ran ran;
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    try (SessionPipe pipe = sessions.attach("web", "count")) {
      seen.writeBytes(pipe.stdout().readNBytes(1000));
      killAgent();
      seen.writeBytes(pipe.stdout().readNBytes(100_000));
      killDaemon();
      home.ok("vm", "list");
      ran = home.ok("vm", "session", "logs", "web", "count", "-f", "--since", pipe.cursor());
    }
    assertThat(seen.toString(UTF_8) + ran.out()).isEqualTo(expected.toString());
    assertThat(sessions.show("web", "count").exitCode()).hasValue(9);
  }

  @Test
  @Order(4)
  void everyByteArrivesOnceEachWayThoughTheDaemonIsKilled() throws Exception {
    byte[] bytes = new byte[BYTES];
    new Random(6).nextBytes(bytes);
    sessions.start("web", SessionSpec.of("sh", "-c", "cat; echo end >&2; exit 4").named("echo"));
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    try (SessionPipe pipe = sessions.attach("web", "echo")) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> send(pipe, bytes), Thread::startVirtualThread);
      seen.writeBytes(pipe.stdout().readNBytes(BYTES / 3));
      killDaemon();
      home.ok("vm", "list");
      boolean isDone = false;
      while (!isDone) {
        try {
          pipe.stdout().transferTo(seen);
          isDone = true;
        } catch (IOException e) {
          pipe.reattach();
        }
      }
      sent.get();
      assertThat(pipe.awaitExit()).isEqualTo(4);
      assertThat(pipe.stderr().readAllBytes()).asString(UTF_8).isEqualTo("end\n");
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    assertThat(seen.toByteArray()).isEqualTo(bytes);
    assertThat(sessions.show("web", "echo").inputBytes()).isEqualTo(BYTES);
  }

  private static void send(SessionPipe pipe, byte[] bytes) {
    int chunk = 64 * 1024;
    for (int at = 0; at < bytes.length; at += chunk) {
      try {
        pipe.stdin().write(bytes, at, chunk);
      } catch (IOException e) {
        // It is kept, and sent again by whoever attaches again.
        awaitLink(pipe);
      }
    }
    try {
      pipe.stdin().close();
    } catch (IOException e) {
      // The same.
    }
  }

  private static void awaitLink(SessionPipe pipe) {
    try {
      do {
        Thread.sleep(50);
      } while (!pipe.isConnected());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(5)
  void theExampleIsTrue() throws Exception {
    assertThat(SessionExample.converse(socket(), "web"))
        .containsExactly(
            "{\"answer\":{\"question\":1}}", "{\"answer\":{\"question\":2}}", "exit 3");
  }

  @Test
  @Order(6)
  void aGuestThatGoesDownTakesItsSessionsWithItAndKeepsWhatTheyWrote() {
    home.ok("vm", "session", "start", "web", "--name", "last", "--", "sh", "-c", "echo w; cat");
    assertThat(sessions.stop("web", "last", Duration.ofSeconds(20)).exitCode()).hasValue(143);
    home.ok("vm", "session", "start", "web", "--name", "cut", "--", "sh", "-c", "echo w; cat");
    home.ok("vm", "stop", "web");
    assertThat(home.run("vm", "session", "list", "web").err()).contains("VM web is stopped");
    home.ok("vm", "start", "web");
    List<Session> all = sessions.list("web");
    assertThat(all)
        .extracting(Session::name, Session::state)
        .contains(
            org.assertj.core.groups.Tuple.tuple("last", "ended"),
            org.assertj.core.groups.Tuple.tuple("cut", "lost"));
    assertThat(home.ok("vm", "session", "logs", "web", "cut").out()).isEqualTo("w\n");
    assertThat(home.run("vm", "session", "attach", "web", "cut").exited(125).err())
        .contains("session cut was lost: the guest went down");
  }
}
