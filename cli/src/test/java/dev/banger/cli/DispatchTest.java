package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DispatchTest extends CliTestBase {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frobnicate            | banger --help lists the commands",
        "vm ls                 | did you mean banger vm list?",
        "vm lst                | did you mean banger vm list?",
        "lst                   | did you mean banger ls?",
        "dockter               | did you mean banger doctor?",
        "list                  | did you mean banger vm list?",
        "vm xyzzy              | banger vm --help lists the commands",
        "vm create --memroy 1  | did you mean --memory?",
        "vm create --mem 1     | did you mean --memory?",
        "vm create --driver qmu| did you mean qemu?",
        "vm create --cpus      | banger vm create [NAME] [options]",
        "vm create a b         | banger vm create [NAME] [options]",
        "vm create --image a --image b | banger vm create [NAME] [options]",
        "vm exec               | banger vm exec REF [options] -- COMMAND...",
        "vm exec web           | banger vm exec REF [options] -- COMMAND...",
        "vm exec web ls        | banger vm exec REF [options] -- COMMAND...",
        "vm exec web --        | banger vm exec REF [options] -- COMMAND...",
        "vm start              | banger vm start REF..., or --all",
        "vm stop web --all     | give one of them",
        "vm stop web --timeout 0s | --timeout 30s",
        "vm list --label =x    | --label KEY=VALUE",
        "vm stop --label x     | --label KEY=VALUE",
        "vm create --nat --no-nat | give one of them",
        "vm wait web --for tea | banger vm wait web --for ready",
        "vm wait web --for port:99999 | --for port:3000",
        "completion tcsh       | banger completion SHELL",
        "image import alpine   | banger image import KIND",
        "vm cp a b             | banger vm cp FILE REF:/root/",
        "vm cp a web:b         | web:/root/b",
        "run -i                | banger run -it -- bash",
      })
  void wrongWordsAreAUsageErrorThatSaysWhatToType(String line, String hint) {
    Cli.Ran ran = cli.run(line.split(" +"));

    assertThat(ran.code()).as(ran.toString()).isEqualTo(2);
    assertThat(ran.err()).startsWith("error: ").contains(hint.strip());
    assertThat(ran.out()).isEmpty();
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void theTourSaysHowABadMemorySounds() {
    Cli.Ran ran = cli.run("vm", "create", "--memory", "0");

    assertThat(ran.err())
        .isEqualTo(
            """
            error: memory must be at least 64 MiB, got 0
            hint:  --memory 1GiB, or leave it out for the default
            """);
  }

  @Test
  void usageErrorsAreJsonWhereJsonIsAskedFor() {
    for (String[] args :
        List.of(
            new String[] {"vm", "create", "--cpus", "0", "-o", "json"},
            new String[] {"-o", "json", "vm", "create", "--cpus", "-1"},
            new String[] {"vm", "create", "--output=json", "--cpus", "0"})) {
      Cli.Ran ran = cli.run(args);

      assertThat(ran.code()).isEqualTo(2);
      assertThat(ran.err()).isEmpty();
      assertThat(ran.json().get("error").text("kind")).isEqualTo("usage");
      assertThat(ran.json().get("error").text("message")).startsWith("cpus must be at least 1");
      assertThat(ran.json().get("error").fields().keySet())
          .containsExactly("kind", "message", "hint", "details");
    }
  }

  @Test
  void jsonAfterTwoDashesBelongsToTheGuest() {
    daemon.fail("vm.exec", "notFound", "there is no VM \"web\"", "banger ls");

    assertThat(cli.run("vm", "exec", "web", "--", "tool", "-o", "json").err())
        .startsWith("error: there is no VM");
  }

  static List<String> paths() {
    return Catalog.paths();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void everyCommandHelpsWithAnExample(String path) {
    Cli.Ran ran = cli.run((path + " --help").split(" "));

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).startsWith("usage: banger " + path).contains("for example:\n  ");
    assertThat(ran.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(121));
    assertThat(cli.run(("help " + path).split(" ")).out()).isEqualTo(ran.out());
  }

  @Test
  void helpOfStopReadsLikeThis() {
    assertThat(cli.run("vm", "stop", "--help").out())
        .isEqualTo(
            """
            usage: banger vm stop [REF...] [options]

            ask VMs to shut down; force those that do not

            Several VMs are worked on at once. Valid ones still run when others are unknown;
            the exit code is 1 when any failed. It goes on when this client goes away.

              REF  name, id, or unique beginning of an id

              --all                    every VM
              --label KEY=VALUE        every VM with this label (repeatable)
              --timeout TIME           how long a guest may take to shut down before it is forced
              --force                  do not ask the guest first (start: no effect)
              --detach                 print the operations' ids and return at once
              -o, --output table|json  for people (default) or for programs
              -q, --quiet              ids only, no progress
              -h, --help               this text

            for example:
              banger vm stop brisk-otter quiet-heron --timeout 10s
              banger vm stop --all
            """);
  }

  @Test
  void everyCommandIsInTheFullHelpAndShortFormsHelpToo() {
    String all = cli.run("--help").out();

    assertThat(Catalog.paths()).allSatisfy(path -> assertThat(all).contains("  " + path + " "));
    assertThat(cli.run().out()).isEqualTo(all);
    assertThat(cli.run("ls", "--help").out()).startsWith("usage: banger vm list");
    assertThat(cli.run("vm", "--help").out()).contains("vm create").doesNotContain("image list");
  }

  @Test
  void aGroupAloneIsAnErrorThatListsItsCommands() {
    Cli.Ran ran = cli.run("vm");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("vm create");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void versionTellsBothSides() throws Exception {
    daemon.answer("daemon.ping", "{'version':'0.0.9','protocol':7,'pid':4711}");

    assertThat(cli.run("version").out())
        .isEqualTo("banger 0.1.0\ndaemon 0.0.9 (protocol 7, pid 4711)\n");
    assertThat(cli.run("version", "-q").out()).isEqualTo("0.1.0\n");
    assertThat(cli.run("version", "-o", "json").json().get("daemon").text("version"))
        .isEqualTo("0.0.9");
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void versionStartsNoDaemon() throws Exception {
    daemon.close();

    assertThat(cli.run("version").out()).isEqualTo("banger 0.1.0\n");
    assertThat(cli.run("--version").out()).isEqualTo("banger 0.1.0\n");
    assertThat(cli.run("version", "-o", "json").json().text("version")).isEqualTo("0.1.0");
  }

  @Test
  void aDaemonOfAnotherProtocolIsNamedWithBothSides() throws Exception {
    daemon.fail(
        "daemon.hello",
        "unavailable",
        "this client is banger 0.1.0 (protocol 1), the daemon is banger 9.9.9 (protocol 7)",
        "banger daemon restart; VMs keep running");
    daemon.answer("vm.list", "[]");

    Cli.Ran ran = cli.run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("this client is banger 0.1.0 (protocol 1), the daemon is banger 9.9.9")
        .contains("banger daemon restart");
    assertThat(daemon.params("daemon.hello"))
        .isEqualTo(FakeDaemon.json("{'client':'banger 0.1.0','protocol':1}"));
  }

  @Test
  void aDaemonOfAnotherVersionIsToldOnceAtATerminal() throws Exception {
    daemon.answer("daemon.hello", "{'daemon':'banger 0.0.9','protocol':1,'minProtocol':1}");
    daemon.answer("vm.list", "[]");

    assertThat(cli.run("vm", "list", "-o", "json").err()).isEmpty();
    assertThat(cli.onTerminal().run("vm", "list", "-o", "json"))
        .isEqualTo(
            new Cli.Ran(
                0,
                "[]\n",
                "the daemon runs banger 0.0.9, this is banger 0.1.0;"
                    + " banger daemon restart takes the new one\n"));
  }

  @Test
  void aDaemonFromBeforeTheHelloIsServedBy() throws Exception {
    daemon.on(
        "daemon.hello",
        (params, session) -> {
          throw new FakeDaemon.Refusal(
              Json.build().put("code", -32601).put("message", "no method").done());
        });
    daemon.answer("vm.list", "[]");

    assertThat(cli.onTerminal().run("vm", "list", "-o", "json"))
        .isEqualTo(new Cli.Ran(0, "[]\n", ""));
  }

  @Test
  void aDaemonIsAskedWithoutAPingBefore() throws Exception {
    daemon.answer("vm.list", "[]");
    daemon.on(
        "daemon.ping",
        (params, session) -> {
          throw new AssertionError("a round trip that nobody needs");
        });

    assertThat(cli.run("vm", "list").code()).isZero();
  }

  @Test
  void theRunningDaemonDescribesItsMethods() throws Exception {
    daemon.answer("rpc.discover", "{'openrpc':'1.3.2'}");

    assertThat(cli.run("daemon", "describe").out()).isEqualTo("{\"openrpc\":\"1.3.2\"}\n");
  }

  @Test
  void aDefectIsToldWithoutATrace() {
    daemon.on(
        "vm.list",
        (params, session) -> {
          session.line(Json.of("no response"));
          return null;
        });

    Cli.Ran ran = cli.run("vm", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("error: the daemon's answer to vm.list is no answer");
  }
}
