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

class PluginManagementTest extends CliTestBase {
  private static final String DIGEST = "ab".repeat(32);
  private static final String WANTED =
      "{'id':'audit','version':'0.1.0','digest':'"
          + DIGEST
          + "','previousVersion':null,'permissions':['vm.read','guest.exec'],"
          + "'adds':{'steps':['log'],'commands':['vm audit'],'checks':['audit'],'hooks':[]},"
          + "'description':'keeps a log','state':'active','note':''}";
  private static final String WANTS =
      "audit 0.1.0 wants: read VMs, run guest commands. It adds: step log, command \"vm audit\", doctor: audit.";

  @BeforeEach
  void offer() throws IOException {
    Files.writeString(home.resolve("audit.zip"), "a zip");
    daemon.answer("plugin.install", WANTED);
  }

  private List<Json> installs() {
    return daemon.heard().stream()
        .filter(call -> call.method().equals("plugin.install"))
        .map(FakeDaemon.Heard::params)
        .toList();
  }

  // ---- install

  @Test
  void installShowsWhatThePluginWantsAsksAndInstallsThatVeryFile() throws Exception {
    Cli.Ran ran = cli.typing("y\n").run("plugin", "install", "audit.zip");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                0,
                "installed; active; undo with: banger plugin remove audit\n",
                WANTS + " Install? [y/N] "));
    assertThat(installs())
        .containsExactly(
            json("{'file':'" + home + "/audit.zip','dryRun':true}"),
            json("{'file':'" + home + "/audit.zip','digest':'" + DIGEST + "','dryRun':false}"));
  }

  @Test
  void installTellsHooksFromWhatIsDoneAfterCommandsOfOthers() throws Exception {
    daemon.answer(
        "plugin.install",
        WANTED.replace("'hooks':[]", "'hooks':['sweep','after vm.run.import','after vm.test']"));

    assertThat(cli.typing("n\n").run("plugin", "install", "audit.zip").err())
        .contains("doctor: audit, hook sweep, work after vm.run.import, after vm.test.");
  }

  @Test
  void anUpgradeNamesBothVersionsAndIsUndoneByRollback() throws Exception {
    daemon.answer(
        "plugin.install",
        WANTED
            .replace("'version':'0.1.0'", "'version':'0.2.0'")
            .replace("'previousVersion':null", "'previousVersion':'0.1.0'")
            .replace("'note':''", "'note':'0.1.0 stays until vm web is stopped'"));

    Cli.Ran ran = cli.run("plugin", "install", "audit.zip", "--yes");

    assertThat(ran.err()).startsWith("audit 0.1.0 -> 0.2.0 wants: read VMs");
    assertThat(ran.out())
        .isEqualTo(
            "installed; active; 0.1.0 stays until vm web is stopped; undo with: banger plugin rollback audit\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n\n", "\n", "", "yess\n", "Y E S\n"})
  void anyAnswerButYesInstallsNothing(String answer) {
    Cli.Ran ran = cli.typing(answer).run("plugin", "install", "audit.zip");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("audit 0.1.0 was not installed");
    assertThat(installs()).hasSize(1);
  }

  @Test
  void withNobodyToAskItRefusesAndSaysHowToInstallWhatWasShown() {
    Cli.Ran ran = cli.input("y\n").run("plugin", "install", "audit.zip");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                2,
                "",
                "error: audit 0.1.0 was not installed: there is no terminal to ask on. It "
                    + WANTS.substring("audit 0.1.0 ".length())
                    + "\nhint:  banger plugin install audit.zip --yes --digest "
                    + DIGEST
                    + "\n"));
    assertThat(installs()).hasSize(1);
  }

  @Test
  void aGivenDigestGoesWithBothRequests() {
    cli.run("plugin", "install", "audit.zip", "--yes", "--digest", "sha256:" + "CD".repeat(32));

    assertThat(installs())
        .hasSize(2)
        .allSatisfy(params -> assertThat(params.text("digest")).isEqualTo("cd".repeat(32)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plugin install nowhere.zip               | there is no file",
        "plugin install audit.zip --digest 12ab   | --digest must be 64 hexadecimal digits",
        "plugin install                           | needs FILE",
        "plugin trace                             | takes an operation or --vm REF",
        "plugin trace op-1 --vm web               | takes an operation or --vm REF",
        "plugin trace op-1 --limit 0              | --limit",
        "plugin remove audit                      | there is no terminal to ask on",
        "plugin remove audit --purge              | banger plugin remove audit --purge --yes",
        "plugin dev nowhere                       | there is no directory",
        "plugin enable                            | needs ID",
      })
  void wrongWordsAreAUsageErrorAndNothingIsDone(String line, String said) {
    Cli.Ran ran = cli.run(line.strip().split(" +"));

    assertThat(ran.code()).as(ran.toString()).isEqualTo(2);
    assertThat(ran.err()).contains(said);
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void whatAPluginSaysOfItselfCannotTouchTheTerminal() throws Exception {
    daemon.answer(
        "plugin.install",
        WANTED
            .replace("'log'", "'\\u001b[2J\\nInstall? [y/N] y'")
            .replace("'vm.read'", "'host.exec:ip\\u202e'"));

    Cli.Ran ran = cli.typing("n\n").run("plugin", "install", "audit.zip");

    assertThat(ran.err().replace("\u001b[31merror:\u001b[0m", "error:"))
        .contains("run ip\\u202e on this host")
        .contains("\\x1b[2J\\nInstall?")
        .doesNotContain("\u001b", "\u202e");
    assertThat(ran.err().lines().findFirst().orElseThrow()).startsWith("audit 0.1.0 wants");
  }

  @Test
  void anInstallationAsJsonIsWhatTheDaemonSaid() throws Exception {
    Cli.Ran ran = cli.run("plugin", "install", "audit.zip", "--yes", "-o", "json");

    assertThat(ran.json()).isEqualTo(json(WANTED));
    assertThat(ran.err()).isEmpty();
    assertThat(
            cli.run("plugin", "install", "audit.zip", "-o", "json")
                .json()
                .get("error")
                .text("kind"))
        .isEqualTo("usage");
    assertThat(cli.run("plugin", "install", "audit.zip", "--yes", "-q").out()).isEqualTo("audit\n");
  }

  @Test
  void aNewPluginsCommandsAreInTheHelpEvenWhenTheDaemonIsGone() throws Exception {
    daemon.on(
        "plugin.install",
        (params, session) -> {
          if (!params.get("dryRun").truth(true)) {
            daemon.answer(
                "plugin.manifests",
                "{'digest':'d2','plugins':[{'id':'audit','commands':[{'path':['vm','audit'],'summary':'the log'}]}]}");
          }
          return json(WANTED);
        });
    cli.run("plugin", "install", "audit.zip", "--yes");
    daemon.close();

    assertThat(cli.run("vm", "--help").out()).contains("vm audit");
  }

  // ---- the others

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enable audit          | plugin.enable   | {'id':'audit'}",
        "disable audit         | plugin.disable  | {'id':'audit'}",
        "rollback audit        | plugin.rollback | {'id':'audit'}",
        "reload audit          | plugin.reload   | {'id':'audit'}",
        "remove audit --yes    | plugin.remove   | {'id':'audit','purge':false}",
        "remove audit --purge --yes | plugin.remove | {'id':'audit','purge':true}",
      })
  void eachChangeTellsTheStateThatCameOfIt(String line, String method, String params)
      throws Exception {
    daemon.answer(
        method,
        "{'id':'audit','version':'0.1.0','state':'active','note':'0.2.0 stays until vm web is stopped'}");
    String[] words = ("plugin " + line).split(" ");

    assertThat(cli.run(words))
        .isEqualTo(
            new Cli.Ran(0, "audit 0.1.0  active  0.2.0 stays until vm web is stopped\n", ""));
    assertThat(daemon.params(method)).isEqualTo(json(params));
    assertThat(cli.run((String.join(" ", words) + " -q").split(" ")).out()).isEqualTo("audit\n");
    assertThat(cli.run((String.join(" ", words) + " -o json").split(" ")).json().text("state"))
        .isEqualTo("active");
  }

  @Test
  void removingForGoodIsAskedAsThat() throws Exception {
    daemon.answer("plugin.remove", "{'id':'audit','version':'0.1.0','state':'removed','note':''}");

    assertThat(cli.typing("yes\n").run("plugin", "remove", "audit", "--purge").err())
        .isEqualTo("Remove audit with all that it stored, for good? [y/N] ");
    assertThat(cli.typing("n\n").run("plugin", "remove", "audit").code()).isEqualTo(1);
    assertThat(daemon.params("plugin.remove").get("purge")).isEqualTo(Json.TRUE);
  }

  @Test
  void theListTellsWhatEachAddsOrWhyNotAndWhatToType() throws Exception {
    daemon.answer(
        "plugin.list",
        "[{'id':'dns','version':'1.0.0','state':'active','provides':{'steps':['records'],'commands':[],'checks':['dns']},'reason':''},"
            + "{'id':'exec-hooks','version':'1.0.0','state':'disabled','provides':{'steps':['run','clean'],'commands':['vm hooks'],'checks':[]},'reason':''},"
            + "{'id':'team-secrets','version':'0.3.1','state':'blocked','provides':{'steps':[],'commands':[],'checks':[]},'reason':'needs plugin-api >= 1.2, this is 1.0'}]");

    assertThat(cli.run("plugin", "list").out())
        .isEqualTo(
            """
            ID            VERSION  STATE     ADDS
            dns           1.0.0    active    step records; doctor: dns
            exec-hooks    1.0.0    disabled  steps run, clean; vm hooks            banger plugin enable exec-hooks
            team-secrets  0.3.1    blocked   needs plugin-api >= 1.2, this is 1.0  banger plugin info team-secrets
            """);
  }

  @Test
  void infoShowsStepsKeysVersionsAndWhatIsLeftOver() throws Exception {
    String info =
        "{'id':'nat','version':'1.1.0','state':'failed','provides':{'steps':['rules'],'commands':['vm nat'],'checks':['nat']},"
            + "'reason':'it broke','requires':{'dns':'>=1.0'},"
            + "'steps':[{'name':'rules','phase':'host','policy':'required','after':['dns']}],'hooks':['sweep','after vm.run.import'],"
            + "'config':[{'key':'table','type':'text','default':'banger','summary':'the nftables table'}],"
            + "'versions':[{'version':'1.1.0','digest':'"
            + DIGEST
            + "','state':'active','usedBy':[]},{'version':'1.0.0','digest':'cd','state':'draining','usedBy':['web','db']}],"
            + "'leaked':'','leftovers':[{'vm':'old\\u001b','step':'rules','reason':'nft is gone','attempts':3,'retryAt':'2026-01-01T00:00:00Z'}]}";
    daemon.answer("plugin.info", info);

    assertThat(cli.run("plugin", "info", "nat").out())
        .isEqualTo(
            """
            id        nat
            version   1.1.0
            state     failed
            reason    it broke
            next      banger plugin reload nat
            commands  vm nat
            checks    nat
            hooks     sweep, after vm.run.import
            requires  dns >=1.0

            steps
              STEP   PHASE  POLICY    AFTER
              rules  host   required  dns

            configuration
              KEY    TYPE  DEFAULT  ABOUT
              table  text  banger   the nftables table

            versions
              VERSION  STATE     DIGEST        USED BY
              1.1.0    active    abababababab
              1.0.0    draining  cd            web, db

            not cleaned up yet
              VM       STEP   REASON       TRIES  NEXT
              old\\x1b  rules  nft is gone  3      2026-01-01T00:00:00Z
            """);
    assertThat(cli.run("plugin", "info", "nat", "-o", "json").json()).isEqualTo(json(info));
    assertThat(cli.run("plugin", "info", "nat", "-q").out()).isEqualTo("nat\n");
  }

  @Test
  void theTraceReadsLikeTheTour() throws Exception {
    daemon.answer(
        "plugin.trace",
        "[{'op':'op-42','vm':'web','plugin':'file-sync','version':'1.0.0','step':'copy','phase':'guest','action':'start','at':'x','tookMs':8,'outcome':'ok','message':'3 files, 2 unchanged'},"
            + "{'op':'op-42','vm':'web','plugin':'nat','step':'rules','phase':'host','action':'stop','tookMs':2,'outcome':'nothing-to-do','message':''},"
            + "{'op':'op-42','vm':'web','plugin':'nat','step':'','phase':'validate','action':'validate','tookMs':1,'outcome':'failed','message':'no \\u001b'},"
            + "{'op':'op-42','vm':'web','plugin':'audit','step':'log','phase':'guest','action':'start','tookMs':2100,'outcome':'degraded','message':'timed out after 2 s'}]");

    assertThat(cli.run("plugin", "trace", "op-42").out())
        .isEqualTo(
            """
            STEP              PHASE     TOOK   RESULT
            file-sync copy    guest      8 ms  3 files, 2 unchanged
            nat rules (stop)  host       2 ms  nothing to do
            nat (validate)    validate   1 ms  failed: no \\x1b
            audit log         guest     2.1 s  timed out after 2 s (best effort): VM marked degraded
            """);
    assertThat(daemon.params("plugin.trace")).isEqualTo(json("{'op':'op-42'}"));
    assertThat(cli.run("plugin", "trace", "--vm", "web", "--limit", "5").out())
        .startsWith("OP     STEP")
        .contains("op-42  audit log");
    assertThat(daemon.heard().getLast().params()).isEqualTo(json("{'ref':'web','limit':5}"));
    assertThat(cli.run("plugin", "trace", "op-42", "-o", "json").json().elements()).hasSize(4);
    daemon.answer("plugin.trace", "[]");
    assertThat(cli.run("plugin", "trace", "op-42"))
        .isEqualTo(new Cli.Ran(0, "", "no plugin took part\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plugin disable ''     | nat audit",
        "plugin info n         | nat",
        "plugin install ''     | :path",
        "plugin trace ''       | op-3",
        "plugin trace --vm ''  | web",
        "plugin re             | remove reload",
      })
  void completionKnowsPluginsAndOperations(String words, String candidates) throws Exception {
    daemon.answer("plugin.list", "[{'id':'nat'},{'id':'audit'}]");
    daemon.answer("op.list", "[{'id':'op-3'}]");
    daemon.answer("vm.list", "[" + VM + "]");
    String[] typed = ("__complete " + words.strip()).split(" +");
    for (int i = 0; i < typed.length; i++) {
      typed[i] = typed[i].replace("''", "");
    }

    assertThat(cli.run(typed).out().lines().toList())
        .isEqualTo(List.of(candidates.strip().split(" ")));
  }
}
