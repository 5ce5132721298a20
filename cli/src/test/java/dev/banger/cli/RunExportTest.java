package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code vm run} does at its end with what its command has changed. */
class RunExportTest extends CliTestBase {
  private String changes = "{'changed':true,'files':3,'commits':1,'summary':'3 files, 1 commit'}";
  private boolean isRefused;

  @BeforeEach
  void aRepositoryAndAPlugin() throws IOException {
    Files.createDirectories(home.resolve("src/.git"));
    cli.in(home.resolve("src"));
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'workspace','version':'1','commands':["
            + String.join(
                ",",
                command("prepare", "import"),
                command("export", "export"),
                command("changes", "changes"))
            + "]}]}");
    daemon.on("plugin.call", (params, _) -> called(params.text("command")));
    daemon.on(
        "vm.exec",
        (_, session) -> {
          session.upgrade().exit(0);
          return null;
        });
    daemon.answer("vm.create", VM);
    daemon.answer("vm.delete", "{'results':[{'ref':'web','ok':true}]}");
  }

  private static String command(String word, String role) {
    return "{'path':['vm','workspace','%s'],'summary':'x','role':'vm.run.%s','args':[{'name':'vm',"
            .formatted(word, role)
        + "'type':'vm','required':true,'summary':'x'}],'options':[],'columns':[]}";
  }

  private Json called(String command) throws Exception {
    return switch (command) {
      case "vm workspace prepare" ->
          json("{'dest':'/root/repo','files':1,'bytes':1000,'branch':'main','message':'m'}");
      case "vm workspace changes" -> json(changes);
      default -> {
        if (isRefused) {
          throw FakeDaemon.refusal("conflict", "branch banger/web is checked out", "", List.of());
        }
        yield json("{'message':'branch banger/web at 1234567890: 3 files'}");
      }
    };
  }

  /** How the export was asked for; empty when it was not. */
  private List<String> exports() {
    return daemon.heard().stream()
        .filter(heard -> heard.params().text("command").equals("vm workspace export"))
        .map(heard -> heard.params().get("args").text("as"))
        .toList();
  }

  private boolean isDeleted() {
    return daemon.heard().stream().anyMatch(heard -> heard.method().equals("vm.delete"));
  }

  @Test
  void asksOnATerminalBeforeTheVmGoes() {
    Cli.Ran ran = cli.typing("what\nb\n").run("run", "--rm", "--", "make");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .contains("export 3 files, 1 commit as [b]ranch, [p]atch, [f]iles, [n]othing?")
        .contains("branch banger/web at 1234567890");
    assertThat(exports()).containsExactly("branch");
    assertThat(daemon.heard().getLast().method()).isEqualTo("vm.delete");
  }

  @Test
  void nothingIsAnAnswerToo() {
    assertThat(cli.typing("\n").run("run", "--rm", "--", "make").code()).isZero();

    assertThat(exports()).isEmpty();
    assertThat(isDeleted()).isTrue();
  }

  @Test
  void withoutATerminalItSaysWhatToType() {
    Cli.Ran ran = cli.run("run", "--", "make");

    assertThat(ran.err())
        .contains("changed: 3 files, 1 commit; banger vm workspace export web --as branch");
    assertThat(exports()).isEmpty();
  }

  @Test
  void withoutATerminalAndWithRmItSaysWhatIsThrownAway() {
    Cli.Ran ran = cli.run("run", "--rm", "--", "make");

    assertThat(ran.err()).contains("thrown away with web: 3 files, 1 commit; --export keeps it");
    assertThat(isDeleted()).isTrue();
  }

  @Test
  void aVmIsKeptWhenItsUserCannotBeAskedBecauseTheCommandHadTheInput() {
    Cli.Ran ran = cli.typing("").run("run", "--rm", "-i", "--", "sh");

    assertThat(ran.err()).contains("changed: 3 files, 1 commit; banger vm workspace export web");
    assertThat(isDeleted()).isFalse();
  }

  @Test
  void saysNothingWhenNothingWasChanged() {
    changes = "{'changed':false,'files':0,'commits':0,'summary':'nothing'}";

    Cli.Ran ran = cli.typing("b\n").run("run", "--rm", "--", "make");

    assertThat(ran.err()).doesNotContain("export", "thrown away");
    assertThat(isDeleted()).isTrue();
  }

  @Test
  void exportsWithoutAskingWhenTold() {
    Cli.Ran ran = cli.run("run", "--rm", "--export", "files", "--", "make");

    assertThat(ran.code()).isZero();
    assertThat(exports()).containsExactly("files");
    assertThat(isDeleted()).isTrue();
  }

  @Test
  void keepsTheVmWhenTheExportFails() {
    isRefused = true;

    Cli.Ran ran = cli.run("run", "--rm", "--export", "branch", "--", "make");

    assertThat(ran.code()).isEqualTo(125);
    assertThat(ran.err()).contains("web is still running", "is checked out");
    assertThat(isDeleted()).isFalse();
  }

  @Test
  void exportNeedsACommandAndARepository() {
    assertThat(cli.run("run", "--export", "branch").code()).isEqualTo(2);
    assertThat(cli.in(home).run("run", "--export", "branch", "--", "make").code()).isEqualTo(2);
    assertThat(daemon.heard()).noneMatch(heard -> heard.method().equals("vm.create"));
  }

  @Test
  void theNextStepsNameTheExport() {
    assertThat(cli.run("run").out())
        .contains("  banger vm workspace export web --as branch   changes come back\n")
        .contains("  banger ssh web                               a shell\n");
  }
}
