package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There with what is not committed, and back with what the guest has made of it. */
class RoundTripTest {
  @TempDir Path temp;
  private Workbench bench;
  private Repository source;
  private Repository guest;

  @BeforeEach
  void aWorkspaceOfUncommittedFiles() throws Exception {
    bench = new Workbench(temp);
    source = bench.source;
    source.write("gone", "x\n").write("mine", "one\n").commit("More");
    source.write("mine", "the host's\n").write("fresh", "fresh\n").write("debug.log", "s3cret\n");
    source.sh("rm gone; ln -s README link; chmod +x README");
    bench.prepare("include-uncommitted", "true");
    guest = bench.guest();
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    bench.requireNothingLeft();
  }

  private void theGuestWorks() throws Exception {
    guest.write("mine", "the host's\nthe guest's\n").write("new", "n\n");
    guest.sh("rm fresh; chmod -x README; ln -sfn lib link");
  }

  /** All files outside of .git, with modes, links and contents. */
  private static String files(Repository repository) throws Exception {
    return repository.sh(
        "find . -path ./.git -prune -o -name '*.log' -prune -o"
            + " \\( -type l -printf '%p %l\\n' \\) -o -type f -printf '%p %m\\n' -exec cat {} +"
            + " | sort");
  }

  private static List<?> paths(Map<?, ?> result) {
    return ((List<?>) result.get("changed"))
        .stream().map(row -> ((Map<?, ?>) row).get("path")).sorted().toList();
  }

  @Test
  void an_untouched_workspace_has_nothing_to_bring_back() throws Exception {
    for (String kind : List.of("patch", "branch", "files")) {
      assertThat((String) bench.export("as", kind).get("message"))
          .isEqualTo("nothing was changed in /root/repo");
    }
    assertThat(temp.resolve("web.patch")).doesNotExist();
    assertThat(source.git("for-each-ref", "--format=%(refname)")).isEqualTo("refs/heads/main");
  }

  @Test
  void a_patch_has_what_the_guest_changed_and_applies_to_uncommitted_files() throws Exception {
    theGuestWorks();

    Map<?, ?> result = bench.export();

    assertThat(paths(result)).isEqualTo(List.of("README", "fresh", "link", "mine", "new"));
    assertThat(result.get("applies")).isEqualTo(true);
    assertThat(Files.readString(temp.resolve("web.patch")))
        .contains(" the host's\n+the guest's")
        .doesNotContain("gone", "s3cret");
    source.git("apply", temp.resolve("web.patch").toString());
    assertThat(files(source)).isEqualTo(files(guest));
    assertThat(source.read("debug.log")).isEqualTo("s3cret\n");
  }

  @Test
  void files_change_where_the_host_still_has_what_it_gave() throws Exception {
    theGuestWorks();

    assertThat(bench.export("as", "files").get("written")).isEqualTo(5);

    assertThat(files(source)).isEqualTo(files(guest));
    assertThat(source.read("debug.log")).isEqualTo("s3cret\n");
  }

  @Test
  void files_that_the_host_changed_since_are_left_alone() throws Exception {
    theGuestWorks();
    source.write("mine", "changed again\n");
    String before = files(source);

    ExportTest.refuses(
        () -> bench.export("as", "files"),
        FailureKind.CONFLICT,
        "1 file of",
        "mine",
        "nothing was written");

    assertThat(files(source)).isEqualTo(before);
  }

  @Test
  void a_branch_keeps_apart_what_went_in_from_what_the_guest_made_of_it() throws Exception {
    theGuestWorks();
    String before = bench.stateOfSource();

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(bench.stateOfSource()).isEqualTo(before);
    assertThat(source.git("log", "--format=%an: %s", "main..banger/web"))
        .isEqualTo(
            "banger: Uncommitted changes in VM web\n"
                + "banger: Uncommitted changes that went into VM web");
    assertThat(source.git("diff", "--name-only", "banger/web~1", "banger/web"))
        .isEqualTo("README\nfresh\nlink\nmine\nnew");
    assertThat(source.git("diff", "--name-only", "main", "banger/web~1"))
        .isEqualTo("README\nfresh\ngone\nlink\nmine");
    assertThat(result.get("remarks").toString()).contains("a commit of its own, below");
    assertThat((String) bench.export("as", "branch").get("message")).contains("nothing new");
  }

  @Test
  void commits_of_the_guests_come_as_they_are_with_a_word_on_what_is_in_them() throws Exception {
    theGuestWorks();
    guest.commit("All of it");

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(source.git("rev-parse", "banger/web")).isEqualTo(guest.git("rev-parse", "HEAD"));
    assertThat(result.get("remarks").toString())
        .contains("the branch also has what was not committed here when it went into the VM");
  }

  @Test
  void committing_what_was_put_there_changes_no_file() throws Exception {
    guest.commit("As it came");

    for (String kind : List.of("patch", "files")) {
      assertThat((String) bench.export("as", kind).get("message"))
          .startsWith("1 commit, but no file")
          .endsWith("--as branch brings it");
    }
    assertThat(temp.resolve("web.patch")).doesNotExist();
    bench.export("as", "branch");
    assertThat(source.git("log", "-1", "--format=%s", "banger/web")).isEqualTo("As it came");
  }

  @Test
  void a_guest_without_git_gives_back_no_more_than_it_changed() throws Exception {
    bench.withoutGit();
    theGuestWorks();

    Map<?, ?> result = bench.export();

    assertThat(paths(result)).isEqualTo(List.of("README", "fresh", "link", "mine", "new"));
    assertThat(result.get("applies")).isEqualTo(true);
  }

  @Test
  void the_last_of_several_imports_is_meant_and_named() throws Exception {
    bench.prepare("dest", "/root/second");
    Repository second = new Repository(guest.root().resolveSibling("second"));
    second.write("README", "second\n");
    guest.write("README", "first\n");

    Map<?, ?> last = bench.export("to", "last.patch");
    assertThat(last.get("from")).isEqualTo("/root/second");
    assertThat(last.get("remarks").toString()).contains("--from /root/repo");
    assertThat(temp.resolve("last.patch")).content().contains("+second");

    bench.export("to", "first.patch", "from", "/root/repo");
    assertThat(temp.resolve("first.patch")).content().contains("+first");
  }

  @Test
  void a_link_whose_target_is_no_text_comes_back_byte_by_byte() throws Exception {
    guest.sh("ln -s \"$(printf 'caf\\351 ')\" odd; printf x >\"$(printf 'caf\\351 ')\"");

    bench.export("as", "files");

    assertThat(source.sh("readlink odd | od -An -c")).contains("c   a   f 351      \\n");
  }
}
