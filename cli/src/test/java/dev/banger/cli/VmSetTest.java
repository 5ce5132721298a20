package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VmSetTest extends CliTestBase {
  private static final String NOTE = "from the next start on: cpus 4";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web --no-nat                  | {'refs':['web'],'all':false,'nat':false}",
        "--all --nat                   | {'refs':[],'all':true,'nat':true}",
        "a b --cpus 4 --memory 2g      | {'refs':['a','b'],'all':false,'cpus':4,'memoryMiB':2048}",
        "web --work-disk 8GiB          | {'refs':['web'],'all':false,'workDiskMiB':8192}",
        "web --label a=b --label c=    | {'refs':['web'],'all':false,'setLabels':{'a':'b','c':''}}",
        "web --unlabel a --unlabel b   | {'refs':['web'],'all':false,'unsetLabels':['a','b']}",
      })
  void onlyWhatIsToBeChangedIsSent(String line, String params) throws Exception {
    daemon.answer("vm.set", ok(VM, ""));

    assertThat(set(line).code()).isZero();
    assertThat(daemon.params("vm.set")).isEqualTo(json(params));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web                         | needs to know what to set",
        "--cpus 2                    | needs to know which VM",
        "web --all --cpus 2          | --all and \"web\" exclude each other",
        "web --nat --no-nat          | --nat and --no-nat exclude each other",
        "web --cpus 0                | cpus must be at least 1, got 0",
        "web --cpus -2               | cpus must be at least 1, got -2",
        "web --cpus many             | cpus must be a whole number, got \"many\"",
        "web --memory 0              | memory must be at least 64 MiB, got 0",
        "web --work-disk 0           | the work disk must be at least 16 MiB, got 0",
        "web --label x               | --label must be KEY=VALUE, got \"x\"",
        "web --label x=1 --unlabel x | label x is to be set and to be removed",
      })
  void whatCannotBeMeantIsRefusedBeforeTheDaemonIsAsked(String line, String message)
      throws Exception {
    Cli.Ran ran = set(line);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }

  @Test
  void aHintSpeaksOfWhatTheVmHasAndNotOfADefault() throws Exception {
    assertThat(set("web --memory 1").err())
        .contains("--memory 1GiB, or leave it out to keep what it has");
  }

  @Test
  void theNoteSaysWhatAppliesWhen() throws Exception {
    daemon.answer("vm.set", ok(VM, NOTE));

    assertThat(set("web --cpus 4").out()).isEqualTo("web  running       1.1 s  " + NOTE + "\n");
    assertThat(set("web --cpus 4 -o json").json().get("results").elements().get(0).text("note"))
        .isEqualTo(NOTE);
    assertThat(set("web --cpus 4 -q").out()).doesNotContain(NOTE);
  }

  @Test
  void showTellsInOneLineWhatIsPending() throws Exception {
    daemon.answer(
        "vm.show",
        "{'results':[{'ref':'web','ok':true,'vm':{'name':'web','cpus':2,'pending':{'cpus':4,"
            + "'memoryMiB':2048,'workDiskMiB':512,'nat':false}}}]}");

    assertThat(cli.run("vm", "show", "web").out())
        .containsPattern(
            "pending +cpus 4, memory 2 GiB, work disk 512 MiB, NAT off, from the next start on");

    daemon.answer(
        "vm.show", "{'results':[{'ref':'web','ok':true,'vm':{'name':'web','pending':{}}}]}");
    assertThat(cli.run("vm", "show", "web").out()).doesNotContain("pending");
  }

  private Cli.Ran set(String line) {
    return cli.run(("vm set " + line.strip()).split(" +"));
  }
}
