package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.cli.term.Columns;
import dev.banger.client.Json;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests on many VMs: what is shown while they run, what is told afterwards. */
class ManyAtOnceTest extends CliTestBase {
  private static final String TARGETS =
      "{'targets':[{'ref':'a','vm':'otter','op':'op-3'},{'ref':'--all','vm':'heron','op':'op-4'}]}";

  private static String vm(String name, String state) {
    return VM.replace("'web'", "'" + name + "'").replace("'running'", "'" + state + "'");
  }

  private static String done(String name, String note) {
    return "{'ref':'"
        + name
        + "','ok':true,'vm':"
        + vm(name, "stopped")
        + ",'elapsedMs':1100,'note':'"
        + note
        + "'}";
  }

  /** Rows of a terminal after these bytes, as one sees them. */
  private static List<String> screen(String bytes) {
    List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
    int row = 0;
    for (int at = 0; at < bytes.length(); at++) {
      char c = bytes.charAt(at);
      if (c == '\n') {
        row++;
        if (row == rows.size()) {
          rows.add(new StringBuilder());
        }
        if (at > 0 && bytes.charAt(at - 1) != 'K') {
          rows.get(row).setLength(0);
        }
      } else if (c == '\u001b') {
        int end = at + 2;
        while (!Character.isLetter(bytes.charAt(end))) {
          end++;
        }
        String number = bytes.substring(at + 2, end);
        switch (bytes.charAt(end)) {
          case 'A' -> {
            row -= Integer.parseInt(number);
            rows.get(row).setLength(0);
          }
          case 'J' -> {
            while (rows.size() > row + 1) {
              rows.removeLast();
            }
            rows.get(row).setLength(0);
          }
          case 'K', 'm' -> {
            // The rest of a row: rows are written anew from their beginning.
          }
          default ->
              throw new AssertionError("an unknown sequence: ESC[" + bytes.substring(at + 2));
        }
        at = end;
      } else if (c != '\r') {
        if (rows.get(row).isEmpty() || at == 0 || bytes.charAt(at - 1) != '\n') {
          rows.get(row).append(c);
        } else {
          rows.get(row).setLength(0);
          rows.get(row).append(c);
        }
      }
    }
    return rows.stream().map(StringBuilder::toString).filter(text -> !text.isEmpty()).toList();
  }

  /** What is on the terminal when {@code seen} has appeared there; then lets the daemon go on. */
  private String errWhen(String seen, CountDownLatch then, Runnable action, String... args)
      throws InterruptedException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread watching =
        Thread.ofVirtual()
            .start(
                () -> {
                  long giveUp = System.nanoTime() + 20_000_000_000L;
                  while (!err.toString(UTF_8).contains(seen) && System.nanoTime() < giveUp) {
                    try {
                      Thread.sleep(5);
                    } catch (InterruptedException e) {
                      return;
                    }
                  }
                  action.run();
                  then.countDown();
                });
    code = cli.runInto(out, err, args);
    watching.join();
    return err.toString(UTF_8);
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int code;

  // ---- the table

  @Test
  void aTerminalShowsALineForEachVmAndTakesThemAwayForTheResults() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    daemon.on(
        "vm.stop",
        (params, session) -> {
          session.notify("targets", TARGETS);
          session.notify(
              "stage", "{'op':'op-4','vm':'heron','stage':'wait_exit','status':'started'}");
          session.notify("result", done("otter", ""));
          assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
          return json("{'results':[" + done("otter", "") + "," + done("heron", "forced") + "]}");
        });
    cli.onTerminal().env("COLUMNS", "60").env("LINES", "24");

    String err = errWhen("heron  wait_exit", seen, () -> {}, "vm", "stop", "--all");

    assertThat(code).isZero();
    assertThat(err)
        .contains("otter  stopped             1.1 s")
        .containsPattern("heron  wait_exit +\\d+(\\.\\d)? m?s")
        .doesNotContain("op-3");
    assertThat(screen(err)).isEmpty();
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            otter  stopped       1.1 s
            heron  stopped       1.1 s  forced
            """);
  }

  @Test
  void ofMoreVmsThanRowsThoseThatAreUnderWayAreShownAndTheRestCounted() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    daemon.on(
        "vm.stop",
        (params, session) -> {
          StringBuilder targets = new StringBuilder();
          for (int i = 0; i < 30; i++) {
            targets.append(i == 0 ? "" : ",");
            targets.append("{'ref':'v%d','vm':'v%d','op':'op-%d'}".formatted(i, i, i + 1));
          }
          session.notify("targets", "{'targets':[" + targets + "]}");
          for (int i = 0; i < 28; i++) {
            session.notify("result", i == 5 ? failed("v5", "host", "no") : done("v" + i, ""));
          }
          assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
          return json("{'results':[]}");
        });
    cli.onTerminal().env("COLUMNS", "60").env("LINES", "6");

    String err = errWhen("27 done, 1 failed, 2 under way", seen, () -> {}, "vm", "stop", "--all");

    String frame = err.substring(0, err.indexOf("27 done"));
    assertThat(frame.substring(frame.lastIndexOf('\r')))
        .contains("v28")
        .contains("v29")
        .doesNotContain("v27 ");
    for (String each : err.split("\r", -1)) {
      // The cursor has a row of its own.
      assertThat(each.lines().count()).as(each).isLessThanOrEqualTo(6);
    }
  }

  @Test
  void aNarrowTerminalCutsLinesAndHostileWordsStayWords() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    daemon.on(
        "vm.stop",
        (params, session) -> {
          session.notify("targets", "{'targets':[{'ref':'a','vm':'a\\u001b[2J','op':'op-1'}]}");
          session.notify(
              "result",
              "{'ref':'a','ok':false,'error':{'message':'"
                  + "\u6f22\u5b57".repeat(40)
                  + "\\u001b]0;x\\u0007'}}");
          assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
          return json("{'results':[]}");
        });
    cli.onTerminal().env("COLUMNS", "50").env("LINES", "24");

    String err = errWhen("failed", seen, () -> {}, "vm", "stop", "--all");

    assertThat(err).contains("a\\x1b[2J").doesNotContain("\u001b[2J").doesNotContain("\u001b]");
    for (String line : err.split("[\r\n]", -1)) {
      String bare = line.replaceAll("\u001b\\[[0-9]*[A-Za-z]", "");
      assertThat(Columns.of(bare)).as(line).isLessThan(50);
    }
  }

  @Test
  void ctrlCLeavesTheLinesAndNamesTheOperations() throws Exception {
    daemon.on(
        "vm.stop",
        (params, session) -> {
          session.notify("targets", TARGETS);
          session.read();
          return null;
        });
    cli.onTerminal().env("COLUMNS", "60").env("LINES", "24");

    String err =
        errWhen(
            "heron", new CountDownLatch(1), () -> cli.signals.raise("INT"), "vm", "stop", "--all");

    assertThat(code).isEqualTo(130);
    assertThat(err)
        .contains("2 operations go on without this client: op-3, op-4")
        .contains("banger op list --running")
        .doesNotContain("\u001b[?");
    assertThat(screen(err.substring(0, err.indexOf("error")))).hasSize(2);
  }

  @Test
  void pipesAndTheQuietGetNoTable() throws Exception {
    daemon.on(
        "vm.stop",
        (params, session) -> {
          session.notify("targets", TARGETS);
          session.stage("shutdown", "done", 7, "");
          session.notify("result", done("otter", ""));
          return json("{'results':[" + done("otter", "") + "]}");
        });

    assertThat(cli.run("vm", "stop", "--all").err())
        .isEqualTo("  web              shutdown             7 ms\n");
    assertThat(cli.onTerminal().run("vm", "stop", "--all", "-q").err()).isEmpty();
    assertThat(cli.onTerminal().run("vm", "stop", "--all", "-o", "json").err()).isEmpty();
  }

  @Test
  void oneOfThirtyThatFailsMakesTheExitCodeOne() throws Exception {
    StringBuilder results = new StringBuilder();
    for (int i = 0; i < 29; i++) {
      results.append(done("v" + i, i == 7 ? "forced: the guest ignored shutdown for 20 s" : ""));
      results.append(',');
    }
    daemon.answer("vm.stop", "{'results':[" + results + failed("v29", "host", "no way") + "]}");

    Cli.Ran ran = cli.run("vm", "stop", "--all");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out().lines()).hasSize(29);
    assertThat(ran.out())
        .contains("v7   stopped       1.1 s  forced: the guest ignored shutdown for 20 s\n");
    assertThat(ran.err()).contains("v29  failed  no way").endsWith("1 of 30 failed\n");
  }

  @Test
  void aDetachedBatchPrintsTheOperations() throws Exception {
    daemon.answer(
        "vm.stop",
        "{'results':[{'ref':'a','ok':true,'op':'op-3'},"
            + failed("x", "notFound", "there is no VM x")
            + "]}");

    Cli.Ran ran = cli.run("vm", "stop", "a", "x", "--detach", "-q");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEqualTo("op-3\n");
    assertThat(ran.err()).contains("there is no VM x");
    assertThat(daemon.params("vm.stop").get("detach")).isEqualTo(Json.TRUE);
  }

  // ---- delete asks

  private void threeVms() throws Exception {
    daemon.answer(
        "vm.show",
        "{'results':[{'ref':'we','ok':true,'vm':"
            + VM
            + "},{'ref':'x','ok':false,'error':{'kind':'notFound','message':'no x'}},"
            + "{'ref':'db','ok':true,'vm':"
            + vm("db", "stopped").replace(ID, "d".repeat(32))
            + "}]}");
    daemon.answer(
        "vm.delete",
        "{'results':[{'ref':'"
            + ID
            + "','ok':false,'error':{'kind':'host','message':'busy'}},"
            + failed("x", "notFound", "no x")
            + "]}");
  }

  @Test
  void deletingSeveralAsksOnATerminalAndDeletesJustWhatWasTold() throws Exception {
    threeVms();

    Cli.Ran ran = cli.typing("y\n").run("rm", "we", "x", "db");

    assertThat(ran.err())
        .contains("delete 2 VMs and their disks: web, db? [y/N]")
        .contains("we  failed  busy");
    assertThat(daemon.params("vm.delete").get("refs").texts())
        .containsExactly(ID, "x", "d".repeat(32));
  }

  @Test
  void anythingButYesDeletesNothing() throws Exception {
    threeVms();

    Cli.Ran ran = cli.typing("\n").run("rm", "--all");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("nothing was deleted\n");
    assertThat(daemon.heard()).extracting(FakeDaemon.Heard::method).containsOnly("vm.show");
  }

  @Test
  void aStoppedOneAScriptAndWhoSaysYesAreNotAsked() throws Exception {
    threeVms();
    cli.run("rm", "--all");
    cli.onTerminal().run("rm", "--all");
    cli.typing("").run("rm", "--all", "--yes");
    cli.typing("").run("rm", "--all", "--force");
    cli.typing("").run("rm", "--all", "-o", "json");
    assertThat(daemon.heard()).extracting(FakeDaemon.Heard::method).containsOnly("vm.delete");

    daemon.answer(
        "vm.show", "{'results':[{'ref':'db','ok':true,'vm':" + vm("db", "stopped") + "}]}");
    assertThat(cli.typing("").run("rm", "db").err()).doesNotContain("[y/N]");
    daemon.answer("vm.show", "{'results':[{'ref':'web','ok':true,'vm':" + VM + "}]}");
    assertThat(cli.typing("").run("rm", "web").err())
        .contains("delete web, which is not stopped, and its disks? [y/N]");
  }

  // ---- list

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--label a --label b=c                | {'labels':{'b':'c'},'labelKeys':['a']}",
        "--state failed --state stopped       | {'states':['failed','stopped']}",
        "--image debian                       | {'image':'debian'}",
      })
  void theDaemonFilters(String options, String params) throws Exception {
    daemon.answer("vm.list", "[" + vm("web", "stopped") + "]");

    Cli.Ran ran = cli.run(("vm list " + options.strip()).split(" +"));

    assertThat(daemon.params("vm.list").fields())
        .containsAllEntriesOf(json(params).fields())
        .hasSize(json(params).fields().size() + 1)
        .containsKey("fields");
    assertThat(ran.out().contains("web")).isEqualTo(options.contains("state"));
  }

  @Test
  void labelsHaveAColumnOfTheirOwn() throws Exception {
    daemon.answer("vm.list", "[" + VM.replace("'labels':{}", "'labels':{'a':'b','c':'d'}") + "]");

    assertThat(cli.run("ls", "-l").out())
        .contains("ID        LABELS\n")
        .contains("3f9a1c2d  a=b c=d\n");
  }

  // ---- wait

  @Test
  void waitForSeveralTellsOfEach() throws Exception {
    daemon.answer(
        "vm.wait",
        "{'results':[{'ref':'web','ok':true,'vm':"
            + VM
            + "},"
            + failed("db", "timeout", "vm db is starting, not ready, after 5 s")
            + "]}");

    Cli.Ran ran = cli.run("vm", "wait", "web", "db", "--timeout", "5s");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEqualTo("web  ready\n");
    assertThat(ran.err()).contains("not ready, after 5 s").endsWith("1 of 2 failed\n");
    assertThat(daemon.params("vm.wait"))
        .isEqualTo(json("{'refs':['web','db'],'all':false,'for':'ready','timeoutMs':5000}"));
    assertThat(cli.run("vm", "wait", "web", "db", "-o", "json").json().elements()).hasSize(2);
  }

  @Test
  void waitForADeletionIsPossibleAndForNonsenseIsNot() throws Exception {
    daemon.answer("vm.wait", "{'id':'','name':'web','state':'deleted'}");

    assertThat(cli.run("vm", "wait", "web", "--for", "deleted").out()).isEqualTo("web  deleted\n");
    Cli.Ran nonsense = cli.run("vm", "wait", "web", "--for", "happy");
    assertThat(nonsense.code()).isEqualTo(2);
    assertThat(nonsense.err()).contains("deleted or port:N, got \"happy\"");
  }

  // ---- logs

  @Test
  void linesOfSeveralConsolesBeginWithTheirNames() throws Exception {
    daemon.answer(
        "vm.show",
        "{'results':[{'ref':'w','ok':true,'vm':"
            + VM
            + "},{'ref':'heron','ok':true,'vm':"
            + vm("heron", "running").replace(ID, "d".repeat(32))
            + "}]}");
    daemon.on(
        "vm.logs",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, params.text("ref").charAt(0) + "\u001b[1mx\r\nend");
          session.exit(0);
          return null;
        });

    Cli.Ran ran = cli.run("vm", "logs", "w", "heron", "--tail", "2");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines())
        .containsExactlyInAnyOrder(
            "web   | 3\\x1b[1mx", "web   | end", "heron | d\\x1b[1mx", "heron | end");
    assertThat(cli.run("vm", "logs", "w", "heron", "-o", "json").jsonLines())
        .contains(json("{'vm':'heron','line':'end'}"));
    assertThat(cli.onTerminal().run("vm", "logs", "w", "heron").out())
        .contains("\u001b[36mweb   | \u001b[0mend\n");
  }

  // ---- operations

  @Test
  void severalOperationsAreShownOnceEach() throws Exception {
    daemon.on(
        "op.show",
        (params, session) -> {
          if (params.text("id").equals("op-9")) {
            throw FakeDaemon.refusal("notFound", "no operation op-9", "banger op list", List.of());
          }
          return json("{'id':'" + params.text("id") + "','kind':'vm.stop','stages':[]}");
        });

    Cli.Ran ran = cli.run("op", "show", "op-1", "op-9", "op-1", "op-2", "-o", "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.json().elements()).hasSize(3);
    assertThat(ran.json().elements().get(1).get("error").text("kind")).isEqualTo("notFound");
    assertThat(cli.run("op", "show", "op-1", "op-9").err()).endsWith("1 of 2 failed\n");
  }

  @Test
  void cancelWaitsAndSaysWhatWasUndone() throws Exception {
    daemon.answer("op.cancel", "{'id':'op-3','cancelling':true}");
    daemon.answer(
        "op.watch",
        "{'id':'op-3','kind':'vm.create','vm':'web','state':'cancelled','stages':[],'error':{"
            + "'message':'operation op-3 (vm.create) was cancelled; the VM was removed again'}}");

    assertThat(cli.run("op", "cancel", "op-3"))
        .isEqualTo(
            new Cli.Ran(0, "op-3  vm.create web  cancelled: the VM was removed again\n", ""));
    assertThat(cli.run("op", "cancel", "op-3", "--no-wait").out())
        .isEqualTo("op-3  being cancelled\n");
  }

  @Test
  void watchWithoutAnIdFollowsTheLatestAndSaysWhich() throws Exception {
    daemon.answer("op.list", "[{'id':'op-7','kind':'vm.stop','vm':'web','state':'running'}]");
    daemon.answer("op.watch", "{'id':'op-7','kind':'vm.stop','vm':'web','state':'done'}");

    Cli.Ran ran = cli.run("op", "watch");

    assertThat(ran).isEqualTo(new Cli.Ran(0, "op-7  vm.stop  done\n", "op-7  vm.stop  web\n"));
    assertThat(daemon.params("op.list")).isEqualTo(json("{'running':true,'limit':1}"));
    daemon.answer("op.list", "[]");
    assertThat(cli.run("op", "watch").err()).startsWith("error: no operation is under way");
  }

  @Test
  void operationsAreListedByVm() throws Exception {
    daemon.answer("op.list", "[]");

    assertThat(cli.run("op", "list", "--vm", "web", "--running", "--limit", "5").err())
        .isEqualTo("nothing is under way\n");
    assertThat(daemon.params("op.list")).isEqualTo(json("{'vm':'web','running':true,'limit':5}"));
    assertThat(cli.run("op", "list", "--limit", "501").code()).isEqualTo(2);
  }

  // ---- run --rm

  @Test
  void whatIsRunToBeRemovedIsOnLease() throws Exception {
    daemon.answer("vm.create", VM);
    daemon.answer("vm.delete", ok(VM, ""));
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade();
          session.exit(3);
          return null;
        });

    assertThat(cli.run("run", "--rm", "--", "false").code()).isEqualTo(3);

    assertThat(daemon.params("vm.create").get("lease")).isEqualTo(Json.TRUE);
    assertThat(daemon.params("vm.delete").get("refs").texts()).containsExactly(ID);
  }
}
