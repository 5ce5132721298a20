package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmCommandsTest extends CliTestBase {
  // ---- create

  @Test
  void createSendsWhatWasAskedAndLeavesTheRestToTheDaemon() throws Exception {
    daemon.answer("vm.create", VM);

    Cli.Ran ran =
        cli.run(
            "vm",
            "create",
            "web",
            "--cpus",
            "2",
            "--memory",
            "1GiB",
            "--disk=8g",
            "--work-disk",
            "4096",
            "--nat",
            "--label",
            "a=b",
            "--driver",
            "qemu",
            "--timeout",
            "2m");

    assertThat(ran.code()).as(ran.toString()).isZero();
    assertThat(daemon.params("vm.create"))
        .isEqualTo(
            json(
                "{'cpus':2,'memoryMiB':1024,'diskMiB':8192,'workDiskMiB':4096,'nat':true,'driver':'qemu',"
                    + "'labels':{'a':'b'},'timeoutMs':120000,'name':'web'}"));
  }

  @Test
  void createWithNothingSendsNothing() throws Exception {
    daemon.answer("vm.create", VM);

    assertThat(cli.run("vm", "create").out())
        .startsWith("web  debian  2 CPUs  1 GiB  qemu+tcg  ready in ");
    assertThat(daemon.params("vm.create")).isEqualTo(json("{}"));
  }

  @Test
  void stagesGoToStandardErrorAndTheResultToStandardOutput() {
    daemon.on(
        "vm.create",
        (params, session) -> {
          session.stage("prepare_disks", "started", 0, "");
          session.stage("prepare_disks", "done", 12, "");
          session.stage("wait_guest_agent", "failed", 30_000, "silent");
          session.notify("warning", "{'message':'slow'}");
          return json(VM);
        });

    Cli.Ran ran = cli.run("vm", "create", "web", "--no-start");

    assertThat(ran.err())
        .isEqualTo(
            """
              prepare_disks       12 ms
              wait_guest_agent   30.0 s   failed: silent
            warning: slow
            """);
    assertThat(daemon.params("vm.create").get("start")).isEqualTo(Json.FALSE);
    assertThat(cli.run("vm", "create", "-q"))
        .isEqualTo(new Cli.Ran(0, ID + "\n", "warning: slow\n"));
  }

  @Test
  void aTerminalShowsWhatIsUnderWayAndTakesItBack() {
    daemon.on(
        "vm.create",
        (params, session) -> {
          session.stage("boot", "started", 0, "");
          session.stage("boot", "failed", 12, "no");
          return json(VM);
        });

    assertThat(cli.onTerminal().run("vm", "create").err())
        .isEqualTo(
            "  boot ...\r\u001b[K\u001b[31m  boot                12 ms   failed: no\u001b[0m\n");
    assertThat(cli.env("NO_COLOR", "1").run("vm", "create").err())
        .isEqualTo("  boot                12 ms   failed: no\n");
  }

  @Test
  void createAsJsonIsALineForEachStageAndThenTheResult() {
    daemon.on(
        "vm.create",
        (params, session) -> {
          session.stage("boot_vmm", "done", 7, "");
          return json(VM);
        });

    List<Json> lines = cli.run("vm", "create", "-o", "json").jsonLines();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).toString())
        .isEqualTo(
            "{\"stage\":\"boot_vmm\",\"status\":\"done\",\"elapsedMs\":7,\"message\":\"\",\"op\":\"op-3\",\"vm\":\"web\"}");
    assertThat(lines.get(1).get("result").text("id")).isEqualTo(ID);
  }

  @Test
  void aFailedCreateTellsTheConsoleEscaped() {
    daemon.on(
        "vm.create",
        (params, session) -> {
          throw FakeDaemon.refusal(
              "guest",
              "the guest's agent did not answer within 30 s; the VM was removed again",
              "banger image show debian",
              List.of("console, last lines:", "  | \u001b]0;owned\u0007\u202e"));
        });

    Cli.Ran ran = cli.run("vm", "create");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo(
            """
            error: the guest's agent did not answer within 30 s; the VM was removed again
              console, last lines:
                | \\x1b]0;owned\\x07\\u202e
            hint:  banger image show debian
            """);
    Json error = cli.run("vm", "create", "-o", "json").jsonLines().getLast().get("error");
    assertThat(error.text("kind")).isEqualTo("guest");
    assertThat(error.get("details").elements()).hasSize(2);
  }

  @Test
  void detachPrintsTheOperation() throws Exception {
    daemon.answer("vm.create", "{'op':'op-3'}");

    assertThat(cli.run("vm", "create", "--detach").out()).isEqualTo("op-3\n");
    assertThat(cli.run("vm", "create", "--detach", "-o", "json").out())
        .isEqualTo("{\"op\":\"op-3\"}\n");
  }

  @Test
  void ctrlCTakesACreateBack() {
    daemon.on(
        "vm.create",
        (params, session) -> {
          session.stage("boot_vmm", "done", 7, "");
          awaitHeard("op.cancel");
          throw FakeDaemon.refusal("conflict", "op-3 was cancelled", "", List.of());
        });
    daemon.on("op.cancel", (params, session) -> json("{'id':'op-3','cancelling':true}"));

    Cli.Ran ran = whenStageIsShown(() -> cli.signals.raise("INT"), "vm", "create");

    assertThat(ran.code()).isEqualTo(130);
    assertThat(ran.err())
        .contains("cancelling op-3 (Ctrl-C again leaves it running)")
        .contains("error: op-3 was cancelled; all it had made is removed");
    assertThat(daemon.params("op.cancel").text("id")).isEqualTo("op-3");
  }

  @Test
  void ctrlCLeavesAStopRunning() {
    daemon.on(
        "vm.stop",
        (params, session) -> {
          session.stage("shutdown", "done", 7, "");
          session.read();
          return null;
        });

    Cli.Ran ran = whenStageIsShown(() -> cli.signals.raise("INT"), "vm", "stop", "web");

    assertThat(ran.code()).isEqualTo(130);
    assertThat(ran.err()).contains("op-3 goes on").contains("banger op watch op-3");
  }

  @Test
  void vmsAreTouchedWithoutWordsOfTime() {
    daemon.on(
        "vm.touch",
        (params, session) ->
            json(
                "{'results':[{'ref':'web','ok':true,'vm':{'id':'90ca5938637a','name':'web','state':'running'},'elapsedMs':0,'note':''}]}"));

    assertThat(cli.run("vm", "touch", "web").out()).startsWith("web  running");
    assertThat(daemon.params("vm.touch").get("refs").texts()).containsExactly("web");
    assertThat(cli.run("vm", "touch", "web", "--timeout", "3s").code()).isEqualTo(2);
  }

  /** Runs the command and acts once its first stage has reached it. */
  private Cli.Ran whenStageIsShown(Runnable action, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CountDownLatch shown = new CountDownLatch(1);
    ByteArrayOutputStream err =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            shown.countDown();
          }
        };
    Thread actor =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    shown.await();
                    action.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    int code = cli.runInto(out, err, args);
    actor.interrupt();
    return new Cli.Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private void awaitHeard(String method) throws InterruptedException {
    long giveUp = System.nanoTime() + 20_000_000_000L;
    while (daemon.heard().stream().noneMatch(call -> call.method().equals(method))) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError(method + " was never called");
      }
      Thread.sleep(5);
    }
  }

  // ---- list, show, health

  @Test
  void listIsATableOfWhatRunsWithAWordAboutTheRest() throws Exception {
    daemon.answer("vm.list", "[" + VM + "," + VM.replace("running", "stopped") + "]");

    assertThat(cli.run("ls"))
        .isEqualTo(
            new Cli.Ran(
                0,
                """
                NAME  STATE    IMAGE   CPUS  MEMORY  DRIVER    IP          ID
                web   running  debian  2     1 GiB   qemu+tcg  127.77.0.2  3f9a1c2d
                """,
                "1 VM is stopped: banger ls --all\n"));
    assertThat(cli.run("vm", "list", "--all").out()).contains("stopped");
    assertThat(cli.run("vm", "list", "-q").out()).isEqualTo(ID + "\n");
  }

  @Test
  void listAsJsonIsWhatTheDaemonSaid() throws Exception {
    String all = "[" + VM + "," + VM.replace("running", "stopped") + "]";
    daemon.answer("vm.list", all);

    assertThat(cli.run("vm", "list", "--label", "a=b", "-o", "json").json()).isEqualTo(json(all));
    assertThat(daemon.params("vm.list")).isEqualTo(json("{'labels':{'a':'b'}}"));
  }

  @Test
  void anEmptyListSaysHowToBegin() throws Exception {
    daemon.answer("vm.list", "[]");

    assertThat(cli.run("ls")).isEqualTo(new Cli.Ran(0, "", "no VMs; banger run makes one\n"));
    assertThat(cli.run("ls", "-o", "json").out()).isEqualTo("[]\n");
  }

  @Test
  void hostileNamesCannotTouchTheTerminal() throws Exception {
    daemon.answer("vm.list", "[" + VM.replace("'web'", "'a\\u001b[2J\\nb\\u202e'") + "]");

    assertThat(cli.onTerminal().run("ls").out())
        .contains("a\\x1b[2J\\nb\\u202e")
        .doesNotContain("\u001b");
  }

  @Test
  void showIsAnObjectForOneAndAnArrayForMore() throws Exception {
    daemon.answer("vm.show", shown(VM.replace("'labels':{}", "'labels':{},'handles':{'pid':7}")));
    assertThat(cli.run("vm", "show", "web", "-o", "json").json().get("handles").text("pid"))
        .isEqualTo("7");
    assertThat(cli.run("vm", "show", "web").out())
        .contains("name         web\n")
        .contains("handles.pid  7\n");

    daemon.answer(
        "vm.show",
        "{'results':[{'ref':'web','ok':true,'vm':"
            + VM
            + "},"
            + failed("x", "notFound", "there is no VM x")
            + "]}");
    Cli.Ran two = cli.run("vm", "show", "web", "x", "-o", "json");
    assertThat(two.code()).isEqualTo(1);
    assertThat(two.json().elements()).hasSize(2);
    assertThat(two.json().elements().get(1).get("error").text("kind")).isEqualTo("notFound");
  }

  @Test
  void showOfNobodyIsAnError() throws Exception {
    daemon.answer("vm.show", "{'results':[" + failed("x", "notFound", "there is no VM x") + "]}");

    Cli.Ran ran = cli.run("vm", "show", "x", "-o", "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.json().get("error").text("message")).isEqualTo("there is no VM x");
  }

  @Test
  void healthTellsWhatTheGuestSays() throws Exception {
    daemon.answer(
        "vm.health",
        "{'results':[{'ref':'web','ok':true,'vm':"
            + VM
            + ",'health':{'kernel':'6.1','bootId':'b1','uptimeSeconds':125,'load1':0.5,'memoryTotalMiB':2048,'memoryAvailableMiB':163,'initDone':true}}]}");

    assertThat(cli.run("vm", "health", "web").out())
        .isEqualTo(
            """
            NAME  STATE    UP         LOAD  FREE MEMORY       INIT  KERNEL
            web   running  2 min 5 s  0.5   163 MiB of 2 GiB  done  6.1
            """);
    assertThat(cli.run("vm", "health", "web", "-o", "json").json().get("health").text("bootId"))
        .isEqualTo("b1");
  }

  // ---- batches

  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "restart", "kill", "delete", "repair"})
  void aBatchTellsEachTargetAndCountsTheFailures(String verb) throws Exception {
    daemon.answer(
        "vm." + verb,
        "{'results':[{'ref':'web','ok':true,'vm':"
            + VM
            + ",'elapsedMs':1100,'note':'forced: the guest ignored shutdown for 20 s'},"
            + failed("lone-elk", "guest", "agent and console silent")
            + "]}");

    Cli.Ran ran = cli.run("vm", verb, "web", "lone-elk");

    String state = verb.equals("delete") ? "deleted " : "running ";
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .isEqualTo(
            "web       " + state + "      1.1 s  forced: the guest ignored shutdown for 20 s\n");
    assertThat(ran.err())
        .isEqualTo(
            "lone-elk  failed  agent and console silent\n  hint: banger ls\n1 of 2 failed\n");
    assertThat(daemon.params("vm." + verb))
        .isEqualTo(json("{'refs':['web','lone-elk'],'all':false}"));
  }

  @Test
  void oneFailedTargetIsToldAsAnError() throws Exception {
    daemon.answer(
        "vm.start", "{'results':[" + failed("ott", "ambiguous", "it matches 2 VMs") + "]}");

    assertThat(cli.run("vm", "start", "ott"))
        .isEqualTo(new Cli.Ran(1, "", "error: it matches 2 VMs\nhint:  banger ls\n"));
    Json document = cli.run("vm", "start", "ott", "-o", "json").json();
    assertThat(document.get("error").text("kind")).isEqualTo("ambiguous");
    assertThat(document.get("results").elements()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm stop web --timeout 10s   | vm.stop    | {'refs':['web'],'all':false,'timeoutMs':10000}",
        "vm stop --all --force       | vm.stop    | {'refs':[],'all':true,'force':true}",
        "rm --label a=b              | vm.delete  | {'refs':[],'all':false,'labels':{'a':'b'}}",
        "vm delete web --force       | vm.delete  | {'refs':['web'],'all':false,'force':true}",
        "vm restart web --timeout 5  | vm.restart | {'refs':['web'],'all':false,'timeoutMs':5000}",
        "vm start web --timeout 1m   | vm.start   | {'refs':['web'],'all':false}",
        "vm kill web --force         | vm.kill    | {'refs':['web'],'all':false}",
      })
  void onlyWhatARequestTakesIsSent(String line, String method, String params) throws Exception {
    daemon.answer(method, ok(VM, ""));

    assertThat(cli.run(line.strip().split(" +")).code()).isZero();
    assertThat(daemon.params(method)).isEqualTo(json(params));
  }

  @Test
  void aStartThatTakesTooLongIsLeftToItself() {
    daemon.on(
        "vm.start",
        (params, session) -> {
          session.stage("boot_vmm", "done", 7, "");
          session.read();
          return null;
        });

    Cli.Ran ran = cli.run("vm", "start", "web", "--timeout", "300ms");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("vm.start took longer than 300 ms; it goes on")
        .contains("banger op watch op-3");
  }

  // ---- wait, logs

  @Test
  void waitAsksForReadyUnlessTold() throws Exception {
    daemon.answer("vm.wait", VM);

    assertThat(cli.run("vm", "wait", "web").out()).isEqualTo("web  ready\n");
    assertThat(daemon.params("vm.wait"))
        .isEqualTo(json("{'ref':'web','for':'ready','timeoutMs':60000}"));
  }

  @Test
  void waitForAPortTriesUntilSomebodyListens() throws Exception {
    daemon.answer("vm.wait", VM);
    AtomicInteger tries = new AtomicInteger();
    daemon.on(
        "vm.proxy",
        (params, session) -> {
          int attempt = tries.incrementAndGet();
          if (attempt == 1) {
            throw FakeDaemon.refusal("guest", "connection refused", "", List.of());
          }
          session.upgrade();
          if (attempt == 2) {
            session.error("{'kind':'guest','message':'refused'}");
          } else {
            session.read();
          }
          return null;
        });

    assertThat(cli.run("vm", "wait", "web", "--for", "port:3000").out())
        .isEqualTo("web  port:3000\n");
    assertThat(tries).hasValue(3);
  }

  @Test
  void waitForAPortThatNeverListensTimesOut() throws Exception {
    daemon.answer("vm.wait", VM);
    daemon.fail("vm.proxy", "guest", "connection refused", "");

    Cli.Ran ran = cli.run("vm", "wait", "web", "--for", "port:3000", "--timeout", "400ms");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("web does not listen on port 3000 after 400 ms");
  }

  @Test
  void logsAreBytesInAPipeAndEscapedOnATerminal() throws Exception {
    daemon.on(
        "vm.logs",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "boot\r\n\u001b[31mred");
          session.write(ByteFrames.STDOUT, "\u001b[0m\r\nlogin: ");
          session.exit(0);
          return null;
        });

    assertThat(cli.run("vm", "logs", "web", "--tail", "5", "-f").out())
        .isEqualTo("boot\r\n\u001b[31mred\u001b[0m\r\nlogin: ");
    assertThat(daemon.params("vm.logs")).isEqualTo(json("{'ref':'web','tail':5,'follow':true}"));
    assertThat(cli.run("vm", "logs", "web", "-o", "json").out())
        .isEqualTo(
            """
            {"line":"boot"}
            {"line":"\\u001B[31mred\\u001B[0m"}
            {"line":"login: "}
            """);
    assertThat(cli.onTerminal().run("vm", "logs", "web").out())
        .isEqualTo("boot\n\\x1b[31mred\\x1b[0m\nlogin: \n");
  }

  @Test
  void aDaemonThatGoesAwayIsToldAsSuch() {
    daemon.on("vm.list", (params, session) -> null);

    Cli.Ran ran = cli.run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("error: the daemon went away before it answered vm.list");
  }
}
