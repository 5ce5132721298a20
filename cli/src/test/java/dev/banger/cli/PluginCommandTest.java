package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginCommandTest extends CliTestBase {
  private static final String MANIFESTS =
      "{'digest':'d1','plugins':[{'id':'workspace','version':'1.0.0','commands':[{'path':['vm','workspace','prepare'],"
          + "'summary':'put a repository into a VM','description':'Tracked files only.','examples':['banger vm workspace prepare web .'],"
          + "'role':'vm.run.import',"
          + "'args':[{'name':'vm','type':'vm','required':true,'summary':'which VM'},{'name':'path','type':'path','required':false,'summary':'what'}],"
          + "'options':[{'name':'--mode','type':'choice','choices':['tracked','full'],'default':'tracked','summary':'how much'},"
          + "{'name':'--include-uncommitted','type':'bool','summary':'more'},{'name':'--depth','type':'int','summary':'how deep'},"
          + "{'name':'--seed','type':'path','summary':'from'}],'columns':[]},"
          + "{'path':['go'],'summary':'goes','args':[{'name':'vm','type':'vm','many':true,'required':true,'summary':'which VMs'},"
          + "{'name':'command','type':'command','many':true,'required':true,'summary':'what to run'}],"
          + "'options':[{'name':'--env','type':'text','many':true,'summary':'variables'}],'columns':[]},"
          + "{'path':['audit'],'summary':'what happened','args':[],'options':[],'columns':[{'field':'when','header':'WHEN'},{'field':'what','header':'WHAT'}]},"
          + "{'path':['vm','doors'],'summary':'shows doors','args':[],'liveWith':'--watch','options':[{'name':'--watch','type':'bool','summary':'goes on'}],"
          + "'columns':[{'field':'vm','header':'VM','sparse':true},{'field':'door','header':'DOOR','link':'url'},{'field':'note','header':'NOTE'}]}]}]}";

  @BeforeEach
  void offer() throws IOException {
    daemon.answer("plugin.manifests", MANIFESTS);
    daemon.answer("plugin.call", "{'message':'412 files\\u0007','files':412}");
  }

  @Test
  void itIsCalledWithWhatWasTypedAndPathsMadeAbsolute() throws Exception {
    Cli.Ran ran =
        cli.run(
            "vm",
            "workspace",
            "prepare",
            "web",
            "src/../x",
            "--mode",
            "full",
            "--include-uncommitted",
            "--depth",
            "3",
            "--seed",
            "s");

    assertThat(ran).isEqualTo(new Cli.Ran(0, "412 files\\x07\n", ""));
    assertThat(daemon.params("plugin.call"))
        .isEqualTo(
            json(
                ("{'plugin':'workspace','command':'vm workspace prepare','args':{'vm':'web','path':'HOME/x','mode':'full',"
                        + "'include-uncommitted':true,'depth':3,'seed':'HOME/s'},'cwd':'HOME'}")
                    .replace("HOME", home.toString())));
    assertThat(
            cli.run("vm", "workspace", "prepare", "web", "-o", "json")
                .json()
                .get("files")
                .number(0))
        .isEqualTo(412);
  }

  @Test
  void whatTakesManyValuesIsSentAsLists() throws Exception {
    Cli.Ran ran =
        cli.run("go", "web", "db", "--env", "A=1", "--env", "B=2", "--", "ls", "-l", "--env");

    assertThat(ran.code()).as(ran.toString()).isZero();
    assertThat(daemon.params("plugin.call").get("args"))
        .isEqualTo(json("{'vm':['web','db'],'command':['ls','-l','--env'],'env':['A=1','B=2']}"));
    assertThat(cli.run("go", "web").err()).contains("banger go needs a command after --");
  }

  @Test
  void rowsBecomeATable() throws Exception {
    daemon.answer(
        "plugin.call", "[{'when':'now','what':'a\\u001b'},{'when':'later','what':['b','c']}]");

    assertThat(cli.run("audit").out()).isEqualTo("WHEN   WHAT\nnow    a\\x1b\nlater  b, c\n");
  }

  @Test
  void whatCouldNotBeDoneFollowsTheTable() throws Exception {
    daemon.on(
        "plugin.call",
        (params, session) -> {
          session.notify("failure", "{'kind':'illegalState','message':'db is stopped'}");
          return json("[{'when':'now','what':'a'}]");
        });

    assertThat(cli.run("audit"))
        .isEqualTo(new Cli.Ran(1, "WHEN  WHAT\nnow   a\n", "error: db is stopped\n"));
    Cli.Ran programs = cli.run("audit", "-o", "json");
    assertThat(programs.code()).isEqualTo(1);
    assertThat(programs.json().elements()).hasSize(2);
    assertThat(programs.json().elements().get(1).get("error").text("message"))
        .isEqualTo("db is stopped");
  }

  @Test
  void aColumnThatWouldBeEmptyIsLeftOut() throws Exception {
    daemon.answer("plugin.call", "[{'door':'a','url':'http://a:1','note':'x'}]");
    assertThat(cli.run("vm", "doors").out()).isEqualTo("DOOR  NOTE\na     x\n");

    daemon.answer("plugin.call", "[{'door':'a'},{'vm':'web','door':'b'}]");
    assertThat(cli.run("vm", "doors").out()).isEqualTo("VM   DOOR  NOTE\n     a\nweb  b\n");
  }

  @Test
  void aTerminalGetsLinksAndNothingElseThatAGuestMayHavePutIntoThem() throws Exception {
    daemon.answer(
        "plugin.call",
        "[{'door':'a','url':'http://a:1','note':'x'},{'door':'b','url':'file:///etc','note':'y'},"
            + "{'door':'c\\u001b','url':'http://c/\\u0007'}]");

    assertThat(cli.env("TERM", "xterm-256color").onTerminal().run("vm", "doors").out())
        .isEqualTo(
            "DOOR   NOTE\n\u001b]8;;http://a:1\u001b\\a\u001b]8;;\u001b\\      x\nb      y\nc\\x1b\n");
    assertThat(cli.env("FORCE_HYPERLINK", "0").run("vm", "doors").out()).doesNotContain("\u001b");
    assertThat(cli.env("FORCE_HYPERLINK", "").env("TERM", "linux").run("vm", "doors").out())
        .doesNotContain("\u001b");
  }

  @Test
  void withItsFlagACommandSendsRows() {
    daemon.on(
        "plugin.call",
        (params, session) -> {
          assertThat(params.get("args")).isEqualTo(json("{'watch':true}"));
          session.notify("row", "{'row':{'vm':'web','door':'a','note':'new'}}");
          return json("{}");
        });

    assertThat(cli.run("vm", "doors", "--watch").out())
        .isEqualTo("VM   DOOR  NOTE\nweb  a     new\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm workspace prepare                     | needs vm: which VM",
        "vm workspace prepare web . more          | unexpected argument",
        "vm workspace prepare web --mode some     | --mode must be tracked or full",
        "vm workspace prepare web --depth x       | --depth must be a whole number",
        "vm workspace                             | banger vm workspace prepare, with --help for more",
        "vm workspace prepair web                 | did you mean banger vm workspace prepare?",
        "adit                                     | did you mean banger audit?",
      })
  void wrongWordsAreAUsageError(String line, String said) {
    Cli.Ran ran = cli.run(line.strip().split(" +"));

    assertThat(ran.code()).as(ran.toString()).isEqualTo(2);
    assertThat(ran.err()).contains(said);
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void helpNeedsNoDaemonOnceOneHasTold() throws Exception {
    cli.run("vm", "workspace", "prepare", "web");
    String help = cli.run("vm", "workspace", "prepare", "--help").out();
    daemon.close();

    assertThat(cli.run("vm", "workspace", "prepare", "--help").out()).isEqualTo(help);
    assertThat(help)
        .startsWith("usage: banger vm workspace prepare vm [path] [options]\n")
        .contains("--mode tracked|full")
        .contains("(default tracked)")
        .contains("banger vm workspace prepare web .");
    assertThat(cli.run("--help").out()).contains("vm workspace prepare").contains("  audit ");
    assertThat(cli.run("__complete", "vm", "workspace", "prepare", "web", "--m").out())
        .isEqualTo("--mode\n");
  }

  @Test
  void aTornCacheIsAsGoodAsNone() throws Exception {
    daemon.close();
    Files.createDirectories(home.resolve("state/cli"));
    Files.writeString(home.resolve("state/cli/manifests.json"), "{\"digest\":");

    assertThat(cli.run("--help").code()).isZero();
  }

  @Test
  void aFailureOfThePluginIsToldAsAnyOther() {
    daemon.fail("plugin.call", "conflict", "/root/repo is not empty", "--dest /root/other");

    assertThat(cli.run("vm", "workspace", "prepare", "web"))
        .isEqualTo(
            new Cli.Ran(1, "", "error: /root/repo is not empty\nhint:  --dest /root/other\n"));
  }

  // ---- completion

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm st              | start stop stats",
        "vm w               | wait workspace",
        "vm workspace ''    | prepare",
        "d                  | daemon doctor",
        "vm stop ''         | web quiet",
        "vm stop web ''     | quiet",
        "ssh q              | quiet",
        "vm create --driver '' | auto firecracker qemu",
        "vm create --driver qemu --me | --memory",
        "vm create --image '' | debian",
        "image delete ''    | debian",
        "vm exec web ''     | --",
        "vm exec web -- ''  | :path",
        "vm cp ''           | web: quiet: :path",
        "completion z       | zsh",
        "run ''             | :path",
        "nonsense ''        | ''",
      })
  void completionKnowsCommandsOptionsAndNames(String words, String candidates) throws Exception {
    daemon.answer("vm.list", "[" + VM + "," + VM.replace("'web'", "'quiet'") + "]");
    daemon.answer("image.list", "[{'name':'debian'}]");
    String[] typed = ("__complete " + words.strip()).split(" +");
    for (int i = 0; i < typed.length; i++) {
      typed[i] = typed[i].replace("''", "");
    }

    Cli.Ran ran = cli.run(typed);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines().toList())
        .isEqualTo(candidates.isBlank() ? List.of() : List.of(candidates.strip().split(" ")));
  }

  @Test
  void completionStartsNoDaemonAndStaysQuietWithoutOne() throws Exception {
    daemon.close();
    cli.env("BANGER_DAEMON_BIN", "/bin/false");

    assertThat(cli.run("__complete", "vm", "stop", "")).isEqualTo(new Cli.Ran(0, "", ""));
    assertThat(cli.run("__complete", "vm", "sto").out()).isEqualTo("stop\n");
  }

  @Test
  void bashTakesTheScriptAndCompletesWithIt() throws Exception {
    String script = cli.run("completion", "bash").out();
    Files.writeString(home.resolve("completion"), script);
    Files.writeString(
        home.resolve("banger"),
        """
        #!/bin/sh
        [ "$1 $2 $3" = "__complete vm st" ] && printf 'start\\nstop\\n'
        [ "$1 $2" = "__complete vm" ] && [ "$4" = 'web:/ro' ] && printf 'web:/root\\n'
        exit 0
        """);
    assertThat(home.resolve("banger").toFile().setExecutable(true)).isTrue();

    assertThat(bash("bash -n completion")).isEmpty();
    assertThat(
            bash(
                "source ./completion; COMP_WORDS=(./banger vm st); COMP_CWORD=2; _banger; echo ${COMPREPLY[*]}"))
        .isEqualTo("start stop\n");
    assertThat(
            bash(
                "source ./completion; COMP_WORDS=(./banger vm cp web : /ro); COMP_CWORD=5; _banger; echo ${COMPREPLY[*]}"))
        .isEqualTo("/root\n");
  }

  private String bash(String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", script)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @Test
  void zshAndFishScriptsAskBangerToo() {
    for (String shell : new String[] {"zsh", "fish"}) {
      assertThat(cli.run("completion", shell).out()).contains("__complete");
    }
  }
}
