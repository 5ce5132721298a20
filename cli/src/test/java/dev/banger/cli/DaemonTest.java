package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.cli.daemon.DaemonLog;
import dev.banger.cli.daemon.HostProcess;
import dev.banger.client.Json;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonTest {
  private Path home;
  private Cli cli;

  @BeforeEach
  void open() throws IOException {
    home = Files.createTempDirectory("bgr");
    cli = new Cli(home);
    program(
        "exec "
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
            + System.getProperty("java.class.path")
            + "' dev.banger.cli.FakeDaemonProgram");
  }

  private void program(String script) throws IOException {
    Path program = home.resolve("bangerd");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    cli.env("BANGER_DAEMON_BIN", program.toString());
  }

  @AfterEach
  void close() throws Exception {
    List<Long> pids = starts();
    for (long pid : pids) {
      ProcessHandle process = ProcessHandle.of(pid).orElse(null);
      if (process != null) {
        process.destroy();
        process.onExit().get(20, TimeUnit.SECONDS);
      }
    }
    CliTestBase.deleteTree(home);
  }

  private List<Long> starts() throws IOException {
    Path started = home.resolve("started");
    return Files.exists(started)
        ? Files.readAllLines(started).stream().map(Long::valueOf).toList()
        : List.of();
  }

  @Test
  void aCommandThatNeedsTheDaemonStartsItAndSaysWhy() throws Exception {
    Cli.Ran ran = cli.run("vm", "list", "-o", "json");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                0,
                "[]\n",
                "starting the daemon: no daemon was running (socket " + home + "/run/d.sock)\n"));
    assertThat(cli.run("vm", "list", "-o", "json").err()).isEmpty();
    assertThat(starts()).hasSize(1);
    assertThat(cli.run("daemon", "logs").out()).isEqualTo("hello from the daemon\n");
    assertThat(Files.getPosixFilePermissions(home.resolve("state"))).hasSize(3);
    // Its own session: a Ctrl-C here is not its business.
    long pid = starts().get(0);
    String session =
        Files.readString(Path.of("/proc/" + pid + "/stat")).split("\\) ")[1].split(" ")[3];
    assertThat(session).isEqualTo(Long.toString(pid));
  }

  @Test
  void aCommandOfAPluginThatCameSinceIsFoundByAsking() throws Exception {
    Path kept = home.resolve("state/cli/manifests.json");
    Files.createDirectories(kept.getParent());
    Files.writeString(kept, "{\"digest\":\"old\",\"plugins\":[]}");
    Files.writeString(
        home.resolve("offered-manifests"),
        "{'digest':'new','plugins':[{'id':'sessions','commands':[{'path':['vm','session','list'],'summary':'s',"
            + "'args':[{'name':'vm','type':'vm','required':true,'summary':'v'}],'options':[],'columns':[]}]}]}");

    assertThat(cli.run("x", "sessions").code()).isEqualTo(2);
    assertThat(cli.run("vm", "sesion", "--help").code()).isEqualTo(2);
    assertThat(starts()).isEmpty();
    assertThat(cli.run("vm", "session", "list", "web").out()).isEqualTo("done\n");
    assertThat(starts()).hasSize(1);
    assertThat(Files.readString(kept)).contains("new");
  }

  @Test
  void aSocketThatNobodyListensOnCountsAsNotRunning() throws Exception {
    Files.createDirectories(home.resolve("run"));
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(home.resolve("run/d.sock")));
    }

    Cli.Ran ran = cli.run("vm", "list", "-q");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .startsWith("starting the daemon: nobody listens on the socket an earlier one left");
  }

  @Test
  void clientsThatStartItAtOnceStartOne() throws Exception {
    List<CompletableFuture<Cli.Ran>> runs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      runs.add(
          CompletableFuture.supplyAsync(
              () -> cli.run("vm", "list", "-o", "json"), task -> Thread.ofPlatform().start(task)));
    }

    for (CompletableFuture<Cli.Ran> run : runs) {
      assertThat(run.get(60, TimeUnit.SECONDS).code()).isZero();
    }
    assertThat(starts()).hasSize(1);
  }

  @Test
  void aDaemonThatCannotStartIsToldWithItsOwnWords() throws Exception {
    program(
        "echo 'error: config.toml:1: unknown key \"imagee\"; did you mean \"image\"?'; printf '\\033[2J\\n'; exit 3");
    Files.createDirectories(home.resolve("state"));
    Files.writeString(home.resolve("state/daemon.log"), "words of an earlier one\n");

    Cli.Ran ran = cli.run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("error: the daemon ended with exit code 3 before it answered\n")
        .contains("  last lines of " + home + "/state/daemon.log:\n")
        .contains("    | error: config.toml:1: unknown key \"imagee\"; did you mean \"image\"?\n")
        .contains("    | \\x1b[2J\n")
        .doesNotContain("earlier one\n  |")
        .doesNotContain("words of an earlier");
    Json error = cli.run("vm", "list", "-o", "json").json().get("error");
    assertThat(error.text("kind")).isEqualTo("host");
  }

  @Test
  void aMissingProgramIsNamed() {
    Cli.Ran ran = cli.env("BANGER_DAEMON_BIN", "/no/such/bangerd").run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("/no/such/bangerd cannot be executed")
        .contains("BANGER_DAEMON_BIN");
    assertThat(cli.env("BANGER_DAEMON_BIN", "").run("vm", "list").err())
        .contains("does not know where bangerd is");
  }

  @Test
  void aStateDirectoryThatIsAFileIsNamed() throws Exception {
    Files.writeString(home.resolve("state"), "a file");

    Cli.Ran ran = cli.run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(home.resolve("state").toString());
    Files.delete(home.resolve("state"));
  }

  @Test
  void statusStopAndLogsStartNothing() throws Exception {
    Cli.Ran status = cli.run("daemon", "status", "-o", "json");
    assertThat(status.code()).isZero();
    assertThat(status.json().get("running")).isEqualTo(Json.FALSE);
    assertThat(cli.run("daemon", "status").out())
        .isEqualTo("not running (socket " + home + "/run/d.sock)\n");
    assertThat(cli.run("daemon", "stop").out()).isEqualTo("it was not running\n");
    assertThat(cli.run("daemon", "logs").err()).contains("nothing yet");
    assertThat(starts()).isEmpty();
  }

  @Test
  void startRestartAndStopTellWhatTheyDid() throws Exception {
    assertThat(cli.run("daemon", "start").out()).startsWith("started: pid ");
    assertThat(cli.run("daemon", "start").out()).startsWith("already running: pid ");
    assertThat(cli.run("daemon", "restart", "-o", "json").json().get("started"))
        .isEqualTo(Json.TRUE);
    assertThat(starts()).hasSize(2);
    assertThat(HostProcess.isRunning(starts().get(0))).isFalse();
    assertThat(cli.run("daemon", "stop").out()).isEqualTo("stopped; VMs keep running\n");
    assertThat(HostProcess.isRunning(starts().get(1))).isFalse();
  }

  @Test
  void aDaemonThatNobodyReapsCountsAsStopped() throws Exception {
    // The parent becomes a program that never asks about its child, and the child ends after that.
    Process parent =
        new ProcessBuilder("sh", "-c", "exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 1000")
            .start();
    try (FakeDaemon daemon = new FakeDaemon(home.resolve("run/d.sock"))) {
      String pid = parent.inputReader().readLine();
      await(() -> Files.readString(Path.of("/proc/" + parent.pid() + "/comm")).equals("sleep\n"));
      parent.getOutputStream().close();
      await(() -> Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z "));
      daemon.answer("daemon.ping", "{'version':'0.1.0','protocol':1,'pid':" + pid + "}");
      daemon.on(
          "daemon.stop",
          (params, session) -> {
            Files.delete(home.resolve("run/d.sock"));
            return Json.build().done();
          });

      assertThat(cli.run("daemon", "stop").out()).isEqualTo("stopped; VMs keep running\n");
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void aDaemonOfSystemdsIsNotWokenUpAgainByLookingWhetherItHasEnded() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(home.resolve("run/d.sock"))) {
      Process gone = new ProcessBuilder("true").start();
      gone.waitFor();
      daemon.answer("daemon.ping", "{'version':'0.1.0','protocol':1,'pid':" + gone.pid() + "}");
      daemon.answer("daemon.stop", "{'stopping':true,'startedBy':'systemd'}");

      // It listens on all the time, as systemd would.
      assertThat(cli.run("daemon", "stop").out()).isEqualTo("stopped; VMs keep running\n");
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("30 s have passed").isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void statusShowsWhatTheDaemonFound() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(home.resolve("run/d.sock"))) {
      daemon.answer(
          "daemon.status",
          "{'running':true,'pid':7,'version':'0.1.0','uptimeSeconds':125,'socket':'/s','vms':{'running':1,'total':2},"
              + "'drivers':[{'name':'qemu','usable':true,'accel':'tcg','reason':'no KVM'}],"
              + "'plugins':[{'id':'dns','version':'1.0.0','state':'active'}],'listeners':['127.0.0.1:42069']}");

      assertThat(cli.run("daemon", "status").out())
          .isEqualTo(
              """
              daemon    running, pid 7, up 2 min 5 s
              version   0.1.0
              socket    /s
              vms       1 running of 2
              driver    qemu  usable  tcg  no KVM
              plugin    dns 1.0.0  active
              listener  127.0.0.1:42069
              """);
      assertThat(cli.run("daemon", "status", "-o", "json").json().text("pid")).isEqualTo("7");
    }
  }

  @Test
  void aDaemonThatTakesConnectionsButDoesNotAnswerIsGivenUp() throws Exception {
    Files.createDirectories(home.resolve("run"));
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(home.resolve("run/d.sock")));

      Cli.Ran ran = cli.run("daemon", "stop");

      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).contains("the daemon did not answer daemon.ping within 20 s");
    }
  }

  @Test
  void aFollowedLogShowsWholeLinesOnly() throws Exception {
    Path file = home.resolve("log");
    DaemonLog log = new DaemonLog(file);
    List<String> lines = new ArrayList<>();
    assertThat(log.follow(0, lines)).isZero();

    Files.writeString(file, "one\ntw");
    long seen = log.follow(0, lines);
    Files.writeString(file, "o\u001b\n\nthree", StandardOpenOption.APPEND);
    seen = log.follow(seen, lines);
    // Rotated: it begins again.
    Files.writeString(file, "new\n");
    log.follow(seen, lines);

    assertThat(lines).containsExactly("one", "two\\x1b", "", "new");
  }

  @Test
  void withoutADaemonItsProgramDescribesTheMethods() throws Exception {
    program("[ \"$1\" = --openrpc ] || exit 9\necho '{\"openrpc\":\n\"1.3.2\"}'");

    assertThat(cli.run("daemon", "describe").out()).isEqualTo("{\"openrpc\":\"1.3.2\"}\n");

    program("exit 3");
    Cli.Ran ran = cli.run("daemon", "describe");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("bangerd --openrpc did not end well");
  }

  @Test
  void configCheckAsksTheDaemonsProgramAndNeedsNoDaemon() throws Exception {
    program(
        "[ \"$1\" = --check-config ] || exit 9\necho 'config.toml:1: unknown key \"imagee\"'\necho 'config.toml:2: bad'\nexit 1");

    Cli.Ran ran = cli.run("config", "check");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEqualTo("config.toml:1: unknown key \"imagee\"\nconfig.toml:2: bad\n");
    Json document = cli.run("config", "check", "-o", "json").json();
    assertThat(document.get("ok")).isEqualTo(Json.FALSE);
    assertThat(document.get("problems").texts()).hasSize(2);
    assertThat(document.text("file")).isEqualTo(home + "/config/config.toml");

    program("exit 0");
    assertThat(cli.run("config", "check").code()).isZero();
    program("echo '{\"problems\":[{\"message\":\"bad\"}]}'; exit 1");
    assertThat(cli.run("config", "check").out()).isEqualTo("bad\n");
  }
}
