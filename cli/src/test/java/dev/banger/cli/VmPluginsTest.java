package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import org.junit.jupiter.api.Test;

/** What plugins do to a VM, as the VM's own commands show it. */
class VmPluginsTest extends CliTestBase {
  private static final String DEGRADED =
      VM.replace("'degraded':[]", "'degraded':['nat 1.0.0, step rules: nft\\u001b is gone']");

  @Test
  void showTellsTheStepsTheEndpointsAndWhatIsDegraded() throws Exception {
    String vm =
        DEGRADED.replace(
            "'labels':{}",
            "'labels':{},'plugins':[{'plugin':'nat','version':'1.0.0','step':'rules','phase':'host','policy':'best-effort','state':'failed','note':'','reason':'nft\\u001b is gone'},"
                + "{'plugin':'ssh','version':'1.2.0','step':'keys','phase':'guest','policy':'required','state':'started','note':'one key','reason':''}],"
                + "'endpoints':[{'plugin':'ssh','name':'ssh','uri':'ssh://root@127.77.0.2\\u202e'}]");
    daemon.answer("vm.show", shown(vm));

    Cli.Ran ran = cli.run("vm", "show", "web");

    assertThat(ran.out())
        .contains("name         web\n")
        .doesNotContain("plugins  ", "endpoints  ")
        .endsWith(
            """

            degraded
              nat 1.0.0, step rules: nft\\x1b is gone

            endpoints
              NAME  URI                          PLUGIN
              ssh   ssh://root@127.77.0.2\\u202e  ssh

            plugins
              STEP             PHASE  POLICY       STATE    NOTE
              nat 1.0.0 rules  host   best-effort  failed   nft\\x1b is gone
              ssh 1.2.0 keys   guest  required     started  one key
            """);
    assertThat(cli.run("vm", "show", "web", "-o", "json").json().get("plugins").elements())
        .hasSize(2);
  }

  @Test
  void aVmWithoutPluginsHasNoSuchParts() throws Exception {
    daemon.answer("vm.show", shown(VM.replace("'labels':{}", "'plugins':[],'endpoints':[]")));

    assertThat(cli.run("vm", "show", "web").out())
        .contains("name         web\n")
        .doesNotContain("plugins", "endpoints", "degraded", "\n\n");
  }

  @Test
  void theListMarksWhatIsDegradedForPeopleOnly() throws Exception {
    daemon.answer("vm.list", "[" + DEGRADED + "]");

    assertThat(cli.run("ls").out()).contains("web   running (degraded)  debian");
    Json listed = cli.run("ls", "-o", "json").json().elements().get(0);
    assertThat(listed.text("state")).isEqualTo("running");
    assertThat(cli.run("ls", "--help").out()).contains("(degraded)");
  }

  @Test
  void aPluginsStepThatTakesLongIsAStageLikeTheOthers() throws Exception {
    daemon.on(
        "vm.create",
        (params, session) -> {
          session.stage("boot", "done", 310, "");
          session.stage("plugin_file-sync_copy", "started", 0, "");
          session.stage("plugin_file-sync_copy", "done", 200, "took 1.2 s");
          session.stage("plugin_nat_rules", "done", 0, "failed after 20 ms: nft is gone");
          return FakeDaemon.json(VM);
        });

    assertThat(cli.run("vm", "create").err())
        .isEqualTo(
            """
              boot               310 ms
              file-sync copy              took 1.2 s
              nat rules                   failed after 20 ms: nft is gone
            """);
    assertThat(cli.run("vm", "create", "-o", "json").jsonLines().get(2).text("stage"))
        .isEqualTo("plugin_file-sync_copy");
  }
}
