package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands of a plugin about things that another of its commands lists, as sessions have them. */
class ListedNamesTest extends CliTestBase {
  private static final String ESCAPE = "\\u001b[31mevil\\u202e\\nline";

  private static String command(String verb, String args, String columns) {
    return "{'path':['vm','session','%s'],'summary':'s','args':[%s],'options':[{'name':'--pipe','type':'bool','summary':'s'}],'columns':[%s]}"
        .formatted(verb, args, columns);
  }

  private static String argument(String name, String type) {
    return "{'name':'%s','type':'%s','required':true,'summary':'s'}".formatted(name, type);
  }

  @BeforeEach
  void offer() throws IOException {
    String vm = argument("vm", "vm");
    String both = vm + "," + argument("session", "text");
    String columns = "{'field':'name','header':'NAME'},{'field':'commandLine','header':'COMMAND'}";
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'sessions','commands':["
            + String.join(
                ",",
                command("list", vm, columns),
                command("show", both, ""),
                command("send", both + ",{'name':'text','type':'text','summary':'s'}", ""),
                command("start", vm + "," + argument("other", "text"), ""))
            + "]}]}");
    daemon.answer(
        "plugin.call",
        "[{'name':'dev','commandLine':'npm start'},{'name':'agent','commandLine':'"
            + ESCAPE
            + "'},{'name':'"
            + ESCAPE
            + "','commandLine':'x'}]");
  }

  private String completed(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "__complete";
    System.arraycopy(words, 0, all, 1, words.length);
    Cli.Ran ran = cli.run(all);
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    return ran.out();
  }

  @Test
  void namesAreCompletedFromTheListOfTheVmOnTheLine() throws Exception {
    assertThat(completed("vm", "session", "show", "web", "")).isEqualTo("dev\nagent\n");
    assertThat(daemon.params("plugin.call"))
        .isEqualTo(
            json(
                "{'plugin':'sessions','command':'vm session list','args':{'vm':'web'},'cwd':'"
                    + home
                    + "'}"));
    assertThat(completed("vm", "session", "send", "--pipe", "web", "d")).isEqualTo("dev\n");
    assertThat(completed("x", "sessions", "vm", "session", "show", "web", "a"))
        .isEqualTo("agent\n");
  }

  @Test
  void nothingIsGuessedWhereNoListIsMeant() {
    assertThat(completed("vm", "session", "send", "web", "dev", "")).isEmpty();
    assertThat(completed("vm", "session", "start", "web", "")).isEmpty();
    daemon.fail("plugin.call", "illegalState", "VM web is stopped", "");
    assertThat(completed("vm", "session", "show", "web", "")).isEmpty();
  }

  @Test
  void hostileNamesAreCleanInTablesAndEscapedForPrograms() {
    Cli.Ran table = cli.run("vm", "session", "list", "web");
    assertThat(table.out().replace("\n", "").codePoints()).noneMatch(Character::isISOControl);
    assertThat(table.out()).contains("npm start").doesNotContain("\u202e").hasLineCount(4);
    Cli.Ran programs = cli.run("vm", "session", "list", "web", "-o", "json");
    assertThat(programs.out()).doesNotContain("\u001b").containsIgnoringCase("\\u001b[31mevil");
  }
}
