package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A source that somebody else made: it may lie, but it runs nothing and takes nothing along. */
class HostileSourceTest extends ImportDesk {
  /** Settings by which git is told what to run. */
  private static final List<String> COMMANDS =
      List.of(
          "core.fsmonitor",
          "core.sshCommand",
          "core.gitProxy",
          "core.pager",
          "core.editor",
          "core.askPass",
          "core.alternateRefsCommand",
          "core.hooksPath",
          "pager.log",
          "diff.external",
          "diff.evil.command",
          "diff.evil.textconv",
          "filter.evil.clean",
          "filter.evil.smudge",
          "filter.evil.process",
          "merge.evil.driver",
          "credential.helper",
          "gpg.program",
          "alias.ls-files",
          "alias.rev-parse",
          "uploadpack.packObjectsHook",
          "remote.origin.uploadpack",
          "remote.origin.vcs",
          "submodule.vendor/inner.update",
          "trailer.x.command",
          "interactive.diffFilter",
          "sequence.editor");

  @AfterEach
  void nothing_was_run() {
    assertThat(temp.resolve("ran")).doesNotExist();
  }

  private String evil() {
    return "touch " + temp.resolve("ran") + "; false";
  }

  @Test
  void no_setting_of_the_source_runs_anything() throws Exception {
    source.write(".gitattributes", "* filter=evil diff=evil merge=evil text=auto\n");
    source.commit("Attributes");
    for (String key : COMMANDS) {
      source.sh("git config '%s' '%s'".formatted(key, evil()));
    }
    source.sh("git config log.showSignature true; git config remote.origin.promisor true");
    source.write("lib/code.txt", "changed\n").write("new.txt", "new\n");

    prepare("include-uncommitted", "true");
    transfer(-1, "mode", "full", "dest", "/root/full");

    assertThat(guest().read("lib/code.txt")).isEqualTo("changed\n");
  }

  @Test
  void no_hook_of_the_source_is_run() throws Exception {
    for (String hook :
        "post-checkout post-index-change pre-auto-gc reference-transaction post-rewrite fsmonitor-watchman"
            .split(" ")) {
      source.write(".git/hooks/" + hook, "#!/bin/sh\n" + evil() + "\n");
      source.sh("chmod +x .git/hooks/" + hook);
    }
    source.write("new.txt", "new\n");

    prepare("mode", "full");

    assertThat(guest().read("new.txt")).isEqualTo("new\n");
  }

  @Test
  void a_repository_cannot_claim_files_from_elsewhere() throws Exception {
    Path home = Files.createDirectories(temp.resolve("src"));
    Files.writeString(home.resolve("id_key"), "s3cret");
    source.git("config", "core.worktree", home.toString());

    refuses(
        () -> prepare("include-uncommitted", "true"),
        FailureKind.INVALID,
        "claims the files of",
        home.toString());
  }

  @Test
  void a_directory_that_became_a_link_leads_to_nothing() throws Exception {
    Path elsewhere = Files.createDirectories(temp.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("code.txt"), "s3cret");
    source.write(".gitignore", "lib\n").commit("Ignore");
    source.sh("rm -r lib && ln -s " + elsewhere + " lib");

    prepare("include-uncommitted", "true");

    assertThat(guest().root().resolve("lib/code.txt")).doesNotExist();
  }

  @Test
  void a_submodule_cannot_be_another_repository_of_the_host() throws Exception {
    Repository hidden = Repository.init(temp.resolve("hidden")).write("s3cret.txt", "s3cret");
    hidden.commit("Secret");
    Repository inner = Repository.init(temp.resolve("src/inner")).write("in.txt", "in\n");
    inner.commit("Inner");
    source.git("submodule", "add", "-q", inner.root().toString(), "vendor/inner");
    source.git("submodule", "add", "-q", inner.root().toString(), "vendor/other");
    source.commit("Add submodules");
    source.sh("rm -r vendor/other && ln -s " + hidden.root() + " vendor/other");
    source.write("vendor/inner/.git", "gitdir: " + hidden.root().resolve(".git") + "\n");

    var result = prepare("mode", "full");

    assertThat(result.get("remarks").toString()).contains("leads elsewhere", "vendor/other");
    try (Stream<Path> all = Files.walk(guest().root())) {
      assertThat(all.map(path -> path.getFileName().toString())).doesNotContain("s3cret.txt");
    }
    assertThat(guest().root().resolve("vendor/inner/.git")).doesNotExist();
  }

  @Test
  void names_that_would_leave_the_directory_are_refused() throws Exception {
    String blob = source.git("rev-parse", "HEAD:README");
    String inner =
        source.sh(
            "printf '100644 x\\0%b' \"$(echo "
                + blob
                + " | sed 's/../\\\\x&/g')\" > ../t; "
                + "sed 's/100644 x/100644 .git/' ../t | git hash-object -t tree -w --literally --stdin");
    String commit = source.git("commit-tree", "-m", "Evil", inner);
    source.git("update-ref", "refs/heads/main", commit);

    refuses(this::prepare, FailureKind.HOST, "git read-tree failed");

    assertThat(guest().root()).doesNotExist();
  }
}
