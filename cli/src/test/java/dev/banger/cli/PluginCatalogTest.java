package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginCatalogTest extends CliTestBase {
  @BeforeEach
  void answerAnything() throws IOException {
    daemon.answer("plugin.call", "{'message':'done'}");
  }

  private static String command(String path, String more) {
    return "{'path':['"
        + path.replace(" ", "','")
        + "'],'summary':'about "
        + path
        + "','args':[],'options':[],'columns':[]"
        + more
        + "}";
  }

  private void offer(String digest, String... plugins) throws IOException {
    daemon.answer(
        "plugin.manifests",
        "{'digest':'" + digest + "','plugins':[" + String.join(",", plugins) + "]}");
  }

  private static String plugin(String id, String... commands) {
    return "{'id':'" + id + "','version':'1.0.0','commands':[" + String.join(",", commands) + "]}";
  }

  private List<String> called() {
    return daemon.heard().stream()
        .filter(call -> call.method().equals("plugin.call"))
        .map(call -> call.params().text("plugin") + ": " + call.params().text("command"))
        .toList();
  }

  // ---- places

  @ParameterizedTest
  @ValueSource(
      strings = {"vm list", "ls", "ls more", "doctor", "doctor deep", "vm", "help", "x", "x evil"})
  void aBuiltInCommandWinsAndThePluginsOwnIsReachedByItsPlugin(String path) throws Exception {
    offer("d1", plugin("evil", command(path, "")));
    daemon.answer("vm.list", "[]");
    daemon.answer("doctor.run", "[]");

    cli.run(path.split(" "));
    assertThat(called()).isEmpty();
    assertThat(cli.run(("x evil " + path).split(" ")).out()).isEqualTo("done\n");
    assertThat(called()).containsExactly("evil: " + path);
    assertThat(cli.run("--help").out())
        .contains("  x evil " + path + " ")
        .doesNotContain("  " + path + "  about");
  }

  @Test
  void ofTwoPluginsWithOneCommandNeitherRunsByAccident() throws Exception {
    offer(
        "d1",
        plugin("audit", command("vm log", "")),
        plugin("zeta", command("vm log", ""), command("vm log tail", "")));

    Cli.Ran ran = cli.run("vm", "log");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                1,
                "",
                """
                error: "vm log" is a command of more than one plugin: audit, zeta
                hint:  banger x audit vm log, or banger x zeta vm log
                """));
    assertThat(called()).isEmpty();
    cli.run("x", "zeta", "vm", "log");
    cli.run("vm", "log", "tail");
    assertThat(called()).containsExactly("zeta: vm log", "zeta: vm log tail");
    assertThat(cli.run("vm", "--help").out()).contains("  vm log tail ").doesNotContain("vm log  ");
    assertThat(cli.run("--help").out()).contains("  x audit vm log ").contains("  x zeta vm log ");
  }

  @Test
  void xListsThePluginsThatAddCommands() throws Exception {
    offer(
        "d1",
        plugin("audit", command("vm audit", ""), command("audit", ",'hidden':true")),
        plugin("quiet", command("whisper", ",'hidden':true")),
        plugin("zeta", command("vm list", "")));
    String all =
        """
        banger x PLUGIN COMMAND: plugins' commands, whatever else has their name
          x audit vm audit  about vm audit
          x zeta vm list    about vm list
        """;

    assertThat(cli.run("x")).isEqualTo(new Cli.Ran(0, all, ""));
    assertThat(cli.run("x", "--help").out()).isEqualTo(all);
    assertThat(cli.run("help", "x").out()).isEqualTo(all);
    assertThat(cli.run("x", "zeta").out()).contains("x zeta vm list").doesNotContain("x audit");
    assertThat(cli.run("x", "zeta", "vm", "list", "--help").out())
        .startsWith("usage: banger x zeta vm list [options]\n");
    assertThat(cli.run("x", "adit").err())
        .isEqualTo(
            "error: no active plugin \"adit\" adds commands\nhint:  did you mean banger x audit?\n");
    assertThat(cli.run("x", "audit", "vm").err()).contains("banger x audit vm audit, with --help");
    assertThat(cli.run("x", "audit", "vm", "adit").err())
        .contains("did you mean banger x audit vm audit?");
  }

  @Test
  void xSaysWhereToLookWhenThereAreNone() {
    assertThat(cli.run("x").out())
        .isEqualTo("no plugin is known to add commands: banger plugin list\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x ''               | audit",
        "x audit ''         | vm",
        "x audit vm ''      | audit create",
        "vm audi            | audit",
        "vm create --im     | --image",
        "x audit vm audit - | --since --output --quiet --help",
      })
  void completionGoesTheSameWays(String words, String candidates) throws Exception {
    offer(
        "d1",
        plugin(
            "audit",
            command("vm audit", "")
                .replace("'options':[]", "'options':[{'name':'--since','type':'text'}]"),
            command("vm secret", ",'hidden':true"),
            command("vm create", "")),
        plugin("quiet", command("whisper", ",'hidden':true")));
    String[] typed = ("__complete " + words.strip()).split(" +");
    for (int i = 0; i < typed.length; i++) {
      typed[i] = typed[i].replace("''", "");
    }

    assertThat(cli.run(typed).out().lines().toList())
        .containsExactlyInAnyOrder(candidates.strip().split(" "));
  }

  @Test
  void aHiddenCommandIsNowhereToBeSeenAndCanBeCalled() throws Exception {
    offer("d1", plugin("audit", command("vm secret", ",'hidden':true")));

    assertThat(cli.run("--help").out()).doesNotContain("secret");
    assertThat(cli.run("vm", "--help").out()).doesNotContain("secret");
    assertThat(cli.run("__complete", "vm", "sec").out()).isEmpty();
    assertThat(cli.run("__complete", "vm", "secret", "").out()).isEmpty();
    assertThat(cli.run("vm", "secrte").err()).doesNotContain("did you mean banger vm secret");
    assertThat(cli.run("vm", "secret").out()).isEqualTo("done\n");
    assertThat(cli.run("vm", "secret", "--help").out()).startsWith("usage: banger vm secret");
  }

  // ---- hostile manifests

  @Test
  void nothingOfAManifestReachesTheTerminalUnescaped() throws Exception {
    String evil = "\\u001b[2J\\u202e\\nstart";
    offer(
        "d1",
        plugin(
            "audit",
            "{'path':['vm','audit'],'summary':'S E','description':'D E','examples':['X E'],"
                    .replace("E", evil)
                + "'args':[{'name':'A E','type':'text','summary':'s E','required':true}],"
                    .replace("E", evil)
                + "'options':[{'name':'--how','type':'choice','choices':['C E'],'default':'F E','summary':'o E'},"
                    .replace(" E", evil)
                + "{'name':'--x E','type':'text'},{'name':'-o','type':'text'},{'name':'--output','type':'text'},{'name':'--how','type':'int'}],"
                    .replace(" E", evil)
                + "'columns':[{'field':'f','header':'H E'}]}".replace(" E", evil)),
        plugin("au\\u001bdit", command("vm other", "")),
        "{'id':'bad','commands':[{'path':['vm','\\u001b[2J']},{'path':['--help']},{'path':[]},{'path':'vm'},{'path':['a b']},{}]}");
    daemon.answer("plugin.call", "[{'f':'c " + evil + "'}]");

    for (String line :
        List.of(
            "--help",
            "vm --help",
            "x",
            "vm audit --help",
            "vm audit",
            "vm audit a --how b",
            "vm audit a",
            "__complete vm ''",
            "__complete vm audit a --",
            "__complete vm audit a --how ''",
            "completion bash")) {
      Cli.Ran ran = cli.run(line.replace("''", "").split(" ", -1));
      assertThat(ran.out() + ran.err())
          .as(line)
          .doesNotContain("\u001b", "\u202e", "defect in banger");
      assertThat(ran.out().lines()).as(line).doesNotContain("start [2J");
    }
    assertThat(cli.run("vm", "audit", "a").out()).contains("H\\x1b[2J").contains("c \\x1b[2J");
    assertThat(cli.run("__complete", "vm", "audit", "a", "--how", "").out()).isEmpty();
    assertThat(cli.run("--help").out()).doesNotContain("vm other");
  }

  @Test
  void aModeOfANewerBangerIsNamed() throws Exception {
    offer("d1", plugin("audit", command("vm audit", ",'mode':'hologram'")));

    Cli.Ran ran = cli.run("vm", "audit");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("does not know commands of mode \"hologram\"");
  }

  // ---- a plugin that goes away

  @Test
  void aCommandGoesWithItsPlugin() throws Exception {
    offer("d1", plugin("audit", command("vm audit", "")));
    assertThat(cli.run("vm", "audit").code()).isZero();
    offer("d2");

    Cli.Ran ran = cli.run("vm", "audit");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("banger has no command \"vm audit\"");
    assertThat(cli.run("--help").out()).doesNotContain("audit");
    assertThat(Files.readString(home.resolve("state/cli/manifests.json"))).contains("d2");
  }

  @Test
  void whenTheDaemonKnowsItNoMoreTheKeptManifestsAreReplaced() throws Exception {
    offer("d1", plugin("audit", command("vm audit", "")));
    daemon.on(
        "plugin.call",
        (params, session) -> {
          // Removed by somebody else between the look at the manifests and the call.
          offer("d2");
          throw FakeDaemon.refusal(
              "notFound", "there is no plugin audit", "banger plugin list", List.of());
        });

    Cli.Ran ran = cli.run("vm", "audit");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                1,
                "",
                """
                error: plugin audit adds no command "vm audit" any more
                  there is no plugin audit
                hint:  banger plugin list
                """));
    daemon.close();
    assertThat(cli.run("--help").out()).doesNotContain("audit");
  }

  @Test
  void aNotFoundOfTheCommandsOwnStaysWhatItIs() throws Exception {
    offer("d1", plugin("audit", command("vm audit", "")));
    daemon.fail("plugin.call", "notFound", "there is no VM \"x\"", "banger ls");

    assertThat(cli.run("vm", "audit"))
        .isEqualTo(new Cli.Ran(1, "", "error: there is no VM \"x\"\nhint:  banger ls\n"));
  }

  @Test
  void aVmOptionIsCompletedWithVms() throws Exception {
    offer(
        "d1",
        plugin(
            "audit",
            command("vm audit", "")
                .replace("'options':[]", "'options':[{'name':'--on','type':'vm'}]")));
    daemon.answer("vm.list", "[" + VM + "]");

    assertThat(cli.run("__complete", "vm", "audit", "--on", "").out()).isEqualTo("web\n");
    cli.run("vm", "audit", "--on", "web");
    Json args = daemon.params("plugin.call").get("args");
    assertThat(args).isEqualTo(json("{'on':'web'}"));
  }
}
