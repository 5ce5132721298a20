package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.testkit.FakeVm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
  @TempDir Path temp;
  private Workbench bench;
  private Repository source;
  private Repository guest;

  @BeforeEach
  void aVmWithAWorkspace() throws Exception {
    bench = new Workbench(temp);
    source = bench.source;
    bench.prepare();
    guest = bench.guest();
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    bench.requireNothingLeft();
  }

  static void refuses(ThrowingCallable call, FailureKind kind, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(CapabilityException.class)
        .satisfies(thrown -> assertThat(((CapabilityException) thrown).kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  private static List<String> statuses(Map<?, ?> result) {
    return ((List<?>) result.get("changed"))
        .stream()
            .map(row -> ((Map<?, ?>) row).get("status") + " " + ((Map<?, ?>) row).get("path"))
            .toList();
  }

  @Test
  void a_patch_of_all_changes_applies_to_where_they_came_from() throws Exception {
    guest.write("README", "one\ntwo\n").write("new/file", "new\n").sh("rm lib/code.txt");
    guest.sh("printf '\\000\\001' >binary; ln -s README link; touch x.log");
    String before = bench.stateOfSource();

    Map<?, ?> result = bench.export();

    assertThat(bench.stateOfSource()).isEqualTo(before);
    assertThat(result.get("path")).isEqualTo(temp.resolve("web.patch").toString());
    assertThat(result.get("applies")).isEqualTo(true);
    assertThat(statuses(result))
        .containsExactlyInAnyOrder(
            "M README", "A new/file", "D lib/code.txt", "A binary", "A link");
    assertThat(result.get("insertions")).isEqualTo(3L);
    assertThat(result.get("deletions")).isEqualTo(1L);
    source.git("apply", temp.resolve("web.patch").toString());
    assertThat(source.read("README")).isEqualTo("one\ntwo\n");
    assertThat(source.root().resolve("lib")).doesNotExist();
    assertThat(Files.readAllBytes(source.root().resolve("binary"))).isEqualTo(new byte[] {0, 1});
  }

  @Test
  void commits_come_back_as_a_branch_with_author_message_and_tree_intact() throws Exception {
    guest.write("README", "two\n").commit("Second, by the guest\n\nWith a body.");
    guest.write("README", "three\n").commit("Third");
    String before = bench.stateOfSource();

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(bench.stateOfSource()).isEqualTo(before);
    assertThat(source.git("rev-parse", "banger/web")).isEqualTo(guest.git("rev-parse", "HEAD"));
    assertThat(source.git("log", "--format=raw", "main..banger/web"))
        .isEqualTo(guest.git("log", "--format=raw", "-2"));
    assertThat(source.git("fsck", "--strict")).doesNotContain("error", "missing");
    assertThat(result.get("commitCount")).isEqualTo(2L);
    assertThat((String) result.get("message"))
        .contains(
            "1 file, 2 commits; git log -p %s..banger/web"
                .formatted(source.git("rev-parse", "--short=10", "main")));
    assertThat(source.sh("ls .git")).doesNotContain("FETCH_HEAD");
    assertThat(source.sh("ls .git/logs/refs/heads")).doesNotContain("banger");
  }

  @Test
  void what_is_not_committed_is_one_more_commit_on_top() throws Exception {
    guest.write("README", "two\n").commit("Second");
    guest.write("fresh", "f\n").write("debug.log", "ignored\n");

    bench.export("as", "branch");

    assertThat(source.git("log", "--format=%an: %s", "main..banger/web"))
        .isEqualTo("banger: Uncommitted changes in VM web\nAda Example: Second");
    assertThat(source.git("ls-tree", "-r", "--name-only", "banger/web"))
        .isEqualTo(".gitignore\nREADME\nfresh\nlib/code.txt");
    assertThat(guest.git("status", "--porcelain")).isEqualTo("?? fresh");
  }

  @Test
  void a_second_export_says_nothing_new_and_a_later_one_moves_the_branch() throws Exception {
    guest.write("README", "two\n");
    bench.export("as", "branch");
    String first = source.git("rev-parse", "banger/web");

    assertThat((String) bench.export("as", "branch").get("message")).contains("nothing new");
    assertThat(source.git("rev-parse", "banger/web")).isEqualTo(first);

    guest.commit("Second");
    bench.export("as", "branch");
    assertThat(source.git("log", "--format=%s", "banger/web")).isEqualTo("Second\nFirst");
  }

  @Test
  void a_branch_with_commits_of_the_users_own_is_left_alone() throws Exception {
    guest.write("README", "two\n").commit("Second");
    bench.export("as", "branch");
    source.git("checkout", "-q", "banger/web");
    guest.write("README", "three\n").commit("Third");
    refuses(() -> bench.export("as", "branch"), FailureKind.CONFLICT, "checked out", "shop");

    source.write("mine", "m\n").commit("Mine");
    source.git("checkout", "-q", "main");
    String mine = source.git("rev-parse", "banger/web");
    refuses(() -> bench.export("as", "branch"), FailureKind.CONFLICT, "banger/web", "not from VM");

    bench.export("as", "branch", "to", "other");
    assertThat(source.git("rev-parse", "banger/web")).isEqualTo(mine);
    assertThat(source.git("log", "--format=%s", "other")).isEqualTo("Third\nSecond\nFirst");
  }

  @Test
  void a_rewritten_history_is_told_and_comes_all_the_same() throws Exception {
    guest.write("README", "two\n").git("commit", "-q", "-a", "--amend", "-m", "Rewritten");

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(result.get("remarks").toString()).contains("history in the VM was rewritten");
    assertThat(source.git("log", "--format=%s", "banger/web")).isEqualTo("Rewritten");
  }

  @Test
  void a_repository_made_anew_in_the_guest_comes_as_its_own_history() throws Exception {
    guest.sh("rm -rf .git; git init -q");
    guest.commit("From nothing");

    bench.export("as", "branch");

    assertThat(source.git("log", "--format=%s", "banger/web")).isEqualTo("From nothing");
  }

  @Test
  void no_hook_filter_or_configuration_runs_on_the_host() throws Exception {
    Path trap = temp.resolve("trap");
    for (String hook : List.of("reference-transaction", "post-checkout", "post-update")) {
      source.write(".git/hooks/" + hook, "#!/bin/sh\ntouch " + trap + "\n");
      source.sh("chmod +x .git/hooks/" + hook);
    }
    source.git("config", "filter.trap.clean", "touch " + trap);
    source.git("config", "filter.trap.smudge", "touch " + trap);
    source.git("config", "diff.trap.textconv", "touch " + trap + ";cat");
    source.git("config", "diff.trap.command", "touch " + trap);
    source.git("config", "core.fsmonitor", "touch " + trap);
    source.git("config", "gpg.program", trap.toString());
    source.git("config", "commit.gpgSign", "true");
    source.git("config", "core.pager", "touch " + trap);
    guest.write(".gitattributes", "* filter=trap diff=trap\n").write("README", "two\n");
    guest.commit("Trap");
    guest.write("README", "three\n");

    bench.export("as", "branch");
    bench.export("as", "patch");
    bench.export("as", "files");

    assertThat(trap).doesNotExist();
    assertThat(source.read("README")).isEqualTo("three\n");
  }

  @Test
  void without_git_in_the_guest_the_files_are_enough() throws Exception {
    bench.withoutGit();
    guest.write("README", "two\n").write("new", "n\n").write("sub/debug.log", "ignored\n");
    guest.write("sub/.gitignore", "secret*\n!debug.log\n").write("sub/secret.txt", "s\n");
    guest.sh("rm lib/code.txt; ln README hard; mkfifo pipe; chmod u+s,+x new");

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(source.git("log", "--format=%s", "main..banger/web"))
        .isEqualTo("Uncommitted changes in VM web");
    assertThat(source.git("ls-tree", "-r", "--format=%(objectmode) %(path)", "banger/web"))
        .isEqualTo(
            "100644 .gitignore\n100644 README\n100644 hard\n100755 new\n"
                + "100644 sub/.gitignore\n100644 sub/debug.log");
    assertThat(source.git("show", "banger/web:hard")).isEqualTo("two");
    assertThat(result.get("remarks").toString())
        .contains("no git", "named pipe: pipe", "setuid, setgid or sticky bit of new");
  }

  @Test
  void files_replace_what_they_came_from_with_modes_links_and_deletions() throws Exception {
    guest.write("README", "two\n").write("run", "#!/bin/sh\n").sh("chmod +x run; rm lib/code.txt");
    guest.sh("mkdir deep; ln -s ../README deep/link");
    source.write("elsewhere", "of the user's\n");

    Map<?, ?> result = bench.export("as", "files");

    assertThat(source.read("README")).isEqualTo("two\n");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(source.root().resolve("run"))))
        .startsWith("rwx");
    assertThat(Files.readSymbolicLink(source.root().resolve("deep/link")))
        .isEqualTo(Path.of("../README"));
    assertThat(source.root().resolve("lib")).doesNotExist();
    assertThat(source.read("elsewhere")).isEqualTo("of the user's\n");
    assertThat(result.get("written")).isEqualTo(4);
    assertThat((String) bench.export("as", "files").get("message")).contains("nothing new");
  }

  @Test
  void files_are_refused_over_uncommitted_changes_of_the_host() throws Exception {
    guest.write("README", "two\n").write("new", "n\n").write("lib/code.txt", "better\n");
    source.write("README", "mine\n").write("new", "mine too\n");

    refuses(() -> bench.export("as", "files"), FailureKind.CONFLICT, "2 files", "README", "new");

    assertThat(source.read("README")).isEqualTo("mine\n");
    assertThat(source.read("lib/code.txt")).isEqualTo("code\n");
    bench.export("as", "branch");
    assertThat(bench.export("as", "patch").get("applies")).isEqualTo(false);
  }

  @Test
  void files_never_go_through_a_link() throws Exception {
    guest.write("lib/code.txt", "bad\n").write("lib/more.txt", "bad\n");
    Path outside = Files.createDirectory(temp.resolve("outside"));
    source.sh("rm -r lib; ln -s " + outside + " lib; printf 'code\\n' >lib/code.txt");

    refuses(() -> bench.export("as", "files"), FailureKind.CONFLICT, "lib/code.txt");

    try (Stream<Path> files = Files.list(outside)) {
      assertThat(files).containsExactly(outside.resolve("code.txt"));
    }
    assertThat(Files.readString(outside.resolve("code.txt"))).isEqualTo("code\n");
  }

  @Test
  void a_link_that_leads_outside_is_a_warning_in_a_branch_and_refused_as_files() throws Exception {
    guest.sh("ln -s /etc/passwd out; ln -s ../../x up; ln -s lib/../../x sly; ln -s lib fine");

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(result.get("warnings").toString())
        .contains("out is a link", "up is a link", "sly is a link")
        .doesNotContain("fine is a link");
    refuses(() -> bench.export("as", "files"), FailureKind.GUEST, "leads outside");
  }

  @Test
  void files_that_cannot_be_put_in_place_leave_everything_as_it_was() throws Exception {
    guest.write("README", "two\n").sh("rm -r lib; echo file >lib");
    source.write("lib/build.log", "in the way, and ignored\n");

    refuses(() -> bench.export("as", "files"), FailureKind.HOST, "it is as it was");

    assertThat(source.read("README")).isEqualTo("one\n");
    assertThat(source.read("lib/code.txt")).isEqualTo("code\n");
    assertThat(source.read("lib/build.log")).startsWith("in the way");
  }

  @Test
  void files_and_directories_may_change_places() throws Exception {
    guest.sh("rm -r lib; echo file >lib; rm README; mkdir README; echo deep >README/x");

    bench.export("as", "files");

    assertThat(source.read("lib")).isEqualTo("file\n");
    assertThat(source.read("README/x")).isEqualTo("deep\n");
  }

  @Test
  void the_only_file_of_a_directory_is_replaced_in_it() throws Exception {
    guest.write("lib/code.txt", "better\n");

    bench.export("as", "files");

    assertThat(source.read("lib/code.txt")).isEqualTo("better\n");
    assertThat(source.git("status", "--porcelain")).isEqualTo(" M lib/code.txt");
  }

  @Test
  void files_may_go_to_another_directory() throws Exception {
    guest.write("README", "two\n").write("lib/new.txt", "n\n");
    Files.createDirectory(temp.resolve("elsewhere"));

    bench.export("as", "files", "to", "elsewhere");

    assertThat(temp.resolve("elsewhere/README")).hasContent("two");
    assertThat(temp.resolve("elsewhere/lib/new.txt")).hasContent("n");
    assertThat(source.read("README")).isEqualTo("one\n");
    refuses(() -> bench.export("as", "files", "to", "nowhere"), FailureKind.NOT_FOUND, "nowhere");
  }

  @Test
  void a_patch_never_replaces_another_file() throws Exception {
    guest.write("README", "two\n");
    Files.writeString(temp.resolve("web.patch"), "precious");
    Files.createSymbolicLink(temp.resolve("link.patch"), temp.resolve("target"));

    refuses(() -> bench.export(), FailureKind.CONFLICT, "web.patch", "not overwritten");
    refuses(() -> bench.export("to", "link.patch"), FailureKind.CONFLICT, "link.patch");
    refuses(() -> bench.export("to", "-"), FailureKind.INVALID, "not to standard output");
    refuses(() -> bench.export("to", "no/such/dir.patch"), FailureKind.NOT_FOUND, "dir.patch");
    bench.export("to", "other.patch");
    assertThat((String) bench.export("to", "other.patch").get("message")).contains("nothing new");

    assertThat(temp.resolve("web.patch")).hasContent("precious");
    assertThat(temp.resolve("target")).doesNotExist();
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().endsWith(".tmp"));
    }
  }

  @Test
  void what_may_be_run_is_pointed_out() throws Exception {
    guest.write(".github/workflows/ci.yml", "x\n").write("sub/Makefile", "all:\n");
    guest.write("package.json", "{}\n").write("tool", "#!/bin/sh\n").sh("chmod +x tool");
    guest.write("plain.txt", "x\n").write("evil\u202egnp.txt", "x\n");

    List<?> warnings = (List<?>) bench.export("as", "branch").get("warnings");

    assertThat(warnings.toString())
        .contains("ci.yml may be run", "sub/Makefile may", "package.json may", "tool is newly")
        .contains("evil\\u{202e}gnp.txt has characters")
        .doesNotContain("plain.txt", "\u202e");
    assertThat(bench.shown()).anyMatch(line -> line.contains("look at: tool is newly executable"));
  }

  @Test
  void changes_are_counted_before_anybody_asks() throws Exception {
    assertThat(bench.changes().get("changed")).isEqualTo(false);
    assertThat((String) bench.export().get("message")).contains("nothing was changed");

    guest.write("README", "two\n").commit("Second");
    guest.write("new", "n\n").sh("touch -d '+10 seconds' new");

    assertThat(bench.changes().get("summary")).isEqualTo("2 files, 1 commit");
  }

  @Test
  void a_submodule_is_left_to_its_own_repository() throws Exception {
    guest.sh(
        "git init -q inner && cd inner && git -c user.name=a -c user.email=a@b commit -q"
            + " --allow-empty -m x");

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(result.get("warnings").toString()).contains("inner is a submodule");
  }

  @Test
  void says_what_is_missing() throws Exception {
    guest.write("README", "two\n");
    bench.host.with(FakeVm.running("other"));

    refuses(() -> bench.export("vm", "down"), FailureKind.ILLEGAL_STATE, "stopped");
    refuses(() -> bench.export("vm", "other"), FailureKind.NOT_FOUND, "nothing is known");
    refuses(() -> bench.export("from", "/root/x"), FailureKind.NOT_FOUND, "at /root/x");
    refuses(() -> bench.export("max-size", "lots"), FailureKind.INVALID, "--max-size", "lots");
    refuses(
        () -> bench.export("as", "branch", "to", "a..b"), FailureKind.INVALID, "a..b", "branch");
    Path clone = temp.resolve("clone");
    source.git("clone", "-q", "--no-hardlinks", ".", clone.toString());
    source.git("commit", "-q", "--amend", "-m", "Other");
    source.git("reflog", "expire", "--expire=now", "--all");
    source.git("gc", "-q", "--prune=now");
    refuses(() -> bench.export(), FailureKind.ILLEGAL_STATE, "no longer in", "shop");
    Files.move(source.root(), temp.resolve("moved"));
    refuses(() -> bench.export(), FailureKind.NOT_FOUND, "no longer at");
    bench.export("as", "branch", "repo", clone.toString());
    assertThat(new Repository(clone).git("show", "banger/web:README")).isEqualTo("two");
    Files.move(temp.resolve("moved"), source.root());
    Files.move(guest.root(), temp.resolve("gone"));
    refuses(() -> bench.export("repo", clone.toString()), FailureKind.NOT_FOUND, "/root/repo");
  }
}
