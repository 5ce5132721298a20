package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.FailureKind;
import dev.banger.api.GuestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrepareTest extends ImportDesk {
  @Test
  void tracked_brings_the_files_of_head_with_their_history() throws Exception {
    Map<?, ?> result = prepare();

    assertThat(guest().read("lib/code.txt")).isEqualTo("code\n");
    assertThat(guest().git("log", "--format=%s")).isEqualTo("Second\nFirst");
    assertThat(guest().git("status", "--porcelain")).isEmpty();
    assertThat(guest().git("symbolic-ref", "--short", "HEAD")).isEqualTo("main");
    assertThat(guest().git("fsck", "--strict")).doesNotContain("error", "missing");
    assertThat(result.get("dest")).isEqualTo("/root/repo");
    assertThat(result.get("files")).isEqualTo(2L);
    assertThat(result.get("branch")).isEqualTo("main");
    assertThat(result.get("commit")).isEqualTo(source.git("rev-parse", "HEAD"));
    assertThat((String) result.get("message")).startsWith("2 files, ").endsWith(", branch main");
  }

  @Test
  void shallow_brings_the_last_commit_only() throws Exception {
    prepare("mode", "shallow");

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Second");
    assertThat(guest().git("status", "--porcelain")).isEmpty();
  }

  @Test
  void any_directory_of_the_repository_stands_for_all_of_it() throws Exception {
    prepare("path", source.root().resolve("lib").toString());

    assertThat(guest().read("README")).isEqualTo("one\n");
  }

  @Test
  void a_detached_head_stays_detached() throws Exception {
    source.git("checkout", "-q", "--detach", "HEAD~1");

    Map<?, ?> result = prepare();

    assertThat(guest().git("log", "--format=%s")).isEqualTo("First");
    assertThat(guest().git("status", "--porcelain=v2", "--branch"))
        .contains("# branch.head (detached)");
    assertThat(guest().git("for-each-ref")).isEmpty();
    assertThat(result.get("branch")).isEqualTo("");
    assertThat((String) result.get("message")).contains(", at ");
  }

  @Test
  void a_linked_worktree_and_a_shallow_clone_can_be_sources() throws Exception {
    source.git("worktree", "add", "-q", "-b", "side", temp.resolve("linked").toString());
    prepare("path", temp.resolve("linked").toString());
    assertThat(guest().git("symbolic-ref", "--short", "HEAD")).isEqualTo("side");

    String origin = source.root().toUri().toString();
    source.git("clone", "-q", "--depth=1", origin, temp.resolve("shallow").toString());
    prepare("path", temp.resolve("shallow").toString(), "dest", "/root/shallow");
    Repository shallow = new Repository(host.guestRoot(WEB).resolve("root/shallow"));
    assertThat(shallow.git("log", "--format=%s")).isEqualTo("Second");
  }

  @Test
  void changes_stay_on_the_host_unless_asked_for() throws Exception {
    source.write("README", "changed\n").write("new.txt", "new\n");

    prepare();

    assertThat(guest().read("README")).isEqualTo("one\n");
    assertThat(guest().root().resolve("new.txt")).doesNotExist();
  }

  @Test
  void uncommitted_changes_arrive_as_they_are() throws Exception {
    source.write("gone.txt", "x").write("staged-gone.txt", "x").write("dir/inside.txt", "x");
    source.write("was-file", "x").write("run.sh", "x").commit("Third");
    Files.delete(source.root().resolve("gone.txt"));
    source.git("rm", "-q", "staged-gone.txt");
    source.write("README", "changed\n").write("new.txt", "new\n");
    source.write("staged.txt", "staged\n").git("add", "staged.txt");
    source.sh("rm -r dir && ln -s lib dir && rm was-file && mkdir was-file && echo y > was-file/z");
    source.sh("chmod +x run.sh && chmod 600 new.txt");
    String before = source.git("status", "--porcelain", "-uall");

    prepare("include-uncommitted", "true");

    assertThat(guest().read("README")).isEqualTo("changed\n");
    assertThat(guest().read("new.txt")).isEqualTo("new\n");
    assertThat(guest().read("staged.txt")).isEqualTo("staged\n");
    assertThat(guest().root().resolve("gone.txt")).doesNotExist();
    assertThat(guest().root().resolve("staged-gone.txt")).doesNotExist();
    assertThat(Files.isSymbolicLink(guest().root().resolve("dir"))).isTrue();
    assertThat(guest().read("was-file/z")).isEqualTo("y\n");
    assertThat(Files.isExecutable(guest().root().resolve("run.sh"))).isTrue();
    assertThat(Files.getPosixFilePermissions(guest().root().resolve("new.txt")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(source.git("status", "--porcelain", "-uall")).isEqualTo(before);
  }

  @Test
  void ignored_files_never_leave_the_host() throws Exception {
    source.write(".gitignore", ".env\n").commit("Ignore");
    source.write(".env", "TOKEN=s3cret\n").write("lib/.env", "TOKEN=s3cret\n");
    source.sh("echo private.txt >> .git/info/exclude");
    source.write("private.txt", "s3cret");

    prepare("include-uncommitted", "true");
    prepare("mode", "full", "dest", "/root/full");

    assertThat(guest().root().resolve(".env")).doesNotExist();
    try (Stream<Path> files = Files.walk(host.guestRoot(WEB))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .doesNotContain(".env", "private.txt");
    }
  }

  @Test
  void modes_links_and_odd_names_survive() throws Exception {
    source.sh(
        """
        printf x > run.sh && chmod 755 run.sh
        ln -s run.sh link && ln -s /nowhere/at/all dangling
        printf x > "$(printf 'latin1-\\344')" && printf x > 'utf8-\u00e4'
        printf x > "$(printf 'line\\nfeed')" && printf x > ' space ' && printf x > ./-dash
        printf x > 'quote"back\\slash'
        d=$(printf 'n%.0s' $(seq 120)) && mkdir -p $d/$d && printf x > $d/$d/$d
        """);
    source.commit("Odd");
    source.sh("printf y > \"$(printf 'fresh-\\377')\" && printf y > ./-fresh");

    prepare("include-uncommitted", "true");

    assertThat(guest().git("status", "--porcelain", "-z").split("\0")).hasSize(2);
    assertThat(guest().sh("LC_ALL=C ls -1bR | sort"))
        .isEqualTo(source.sh("LC_ALL=C ls -1bR | sort"));
    assertThat(Files.isExecutable(guest().root().resolve("run.sh"))).isTrue();
    assertThat(Files.readSymbolicLink(guest().root().resolve("dangling")))
        .isEqualTo(Path.of("/nowhere/at/all"));
  }

  @Test
  void the_guests_repository_knows_nothing_of_the_host() throws Exception {
    source.git("remote", "add", "origin", "https://me:s3cret@git.example.org/shop.git");
    source.git("remote", "add", "local", temp.resolve("elsewhere").toString());
    source.git("config", "http.extraHeader", "Authorization: s3cret");
    source.git("config", "credential.helper", "store");
    source.sh("printf '#!/bin/sh\\ntouch ../hooked\\n' > .git/hooks/post-checkout");
    source.sh("chmod +x .git/hooks/post-checkout");

    prepare();

    Path git = guest().root().resolve(".git");
    assertThat(guest().git("remote", "-v")).contains("https://git.example.org/shop.git");
    assertThat(guest().git("remote")).isEqualTo("origin");
    assertThat(git.resolve("hooks")).doesNotExist();
    assertThat(git.resolve("objects/info/alternates")).doesNotExist();
    assertThat(guest().sh("grep -rIl -e s3cret -e '" + temp + "' .git || true")).isEmpty();
    assertThat(temp.resolve("src/hooked")).doesNotExist();
  }

  @Test
  void nothing_the_repository_configures_is_run() throws Exception {
    String evil = "touch " + temp.resolve("ran");
    source.write(".gitattributes", "*.txt filter=evil\n").commit("Attributes");
    source.git("config", "filter.evil.clean", evil);
    source.git("config", "filter.evil.smudge", evil);
    source.git("config", "filter.evil.required", "true");
    source.git("config", "core.fsmonitor", evil);
    source.write("lib/code.txt", "changed\n");

    prepare("include-uncommitted", "true");

    assertThat(temp.resolve("ran")).doesNotExist();
    assertThat(guest().read("lib/code.txt")).isEqualTo("changed\n");
  }

  @Test
  void full_brings_branches_tags_and_submodules() throws Exception {
    Repository inner = Repository.init(temp.resolve("src/inner")).write("in.txt", "in\n");
    inner.commit("Inner");
    source.git("submodule", "add", "-q", inner.root().toString(), "vendor/inner");
    source.commit("Add submodule");
    source.git("tag", "v1");
    source.git("branch", "other", "HEAD~1");
    source.write("vendor/inner/new.txt", "new\n");

    Map<?, ?> result = prepare("mode", "full");

    assertThat(guest().read("vendor/inner/in.txt")).isEqualTo("in\n");
    assertThat(guest().read("vendor/inner/new.txt")).isEqualTo("new\n");
    assertThat(guest().git("branch", "--format=%(refname:short)")).isEqualTo("main\nother");
    assertThat(guest().git("tag")).isEqualTo("v1");
    assertThat(guest().git("status", "--porcelain", "--ignore-submodules=untracked")).isEmpty();
    assertThat(new Repository(guest().root().resolve("vendor/inner")).git("log", "--format=%s"))
        .isEqualTo("Inner");
    assertThat(result.get("remarks")).isEqualTo(List.of());
  }

  @Test
  void tracked_leaves_submodules_empty_and_the_tree_clean() throws Exception {
    Repository inner = Repository.init(temp.resolve("src/inner")).write("in.txt", "in\n");
    inner.commit("Inner");
    source.git("submodule", "add", "-q", inner.root().toString(), "vendor/inner");
    source.commit("Add submodule");

    prepare();

    assertThat(guest().root().resolve("vendor/inner")).isEmptyDirectory();
    assertThat(guest().git("status", "--porcelain")).isEmpty();
  }

  @Test
  void what_is_no_repository_is_refused_with_what_to_do() throws Exception {
    Path plain = Files.createDirectory(temp.resolve("plain"));
    refuses(
        () -> prepare("path", plain.toString()),
        FailureKind.INVALID,
        plain.toString(),
        "not in a git repository");
    refuses(
        () -> prepare("path", "/nowhere/at/all"),
        FailureKind.NOT_FOUND,
        "/nowhere/at/all does not exist");
    source.git("clone", "-q", "--bare", ".", temp.resolve("bare.git").toString());
    refuses(
        () -> prepare("path", temp.resolve("bare.git").toString()), FailureKind.INVALID, "bare");
    Repository empty = Repository.init(temp.resolve("empty"));
    refuses(
        () -> prepare("path", empty.root().toString()),
        FailureKind.ILLEGAL_STATE,
        "has no commits yet");
  }

  @Test
  void a_missing_git_and_a_stopped_vm_are_told() {
    refuses(
        () -> prepare("vm", "down"), FailureKind.ILLEGAL_STATE, "VM down is stopped, not running");
    host.without("git");
    refuses(this::prepare, FailureKind.UNAVAILABLE, "git is not installed");
  }

  @Test
  void a_destination_must_lie_below_root() {
    for (String dest :
        List.of(
            "/",
            "/root",
            "/root/",
            "/etc",
            "repo",
            "/root/../etc",
            "/root/./a",
            "/root/a/..",
            "",
            "/root//a",
            "/rootkit/a",
            "/root/a\nb")) {
      refuses(() -> prepare("dest", dest), FailureKind.INVALID, "--dest", "below /root");
    }
  }

  @Test
  void what_is_in_the_way_is_not_overwritten() throws Exception {
    Path home = Files.createDirectories(host.guestRoot(WEB).resolve("root"));
    Files.createDirectories(home.resolve("repo"));
    prepare();
    Files.writeString(guest().root().resolve("README"), "the guest's work\n");

    refuses(this::prepare, FailureKind.CONFLICT, "/root/repo", "not overwritten");
    Files.writeString(home.resolve("file"), "x");
    refuses(
        () -> prepare("dest", "/root/file"), FailureKind.CONFLICT, "/root/file", "not a directory");

    assertThat(guest().read("README")).isEqualTo("the guest's work\n");
  }

  @Test
  void a_guest_that_fails_half_way_keeps_no_half_workspace() throws Exception {
    host.answering(
        command ->
            command.argv().contains("move")
                ? new GuestResult(1, "", "No space left on device", false)
                : inGuest(command));

    refuses(this::prepare, FailureKind.GUEST, "No space left on device");

    assertThat(guest().root()).doesNotExist();
  }

  @Test
  void one_transfer_per_vm_at_a_time() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    host.withLock(
                        "transfer to VM web",
                        Duration.ofSeconds(1),
                        () -> {
                          inside.countDown();
                          release.await();
                          return null;
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    inside.await();
    try {
      refuses(this::prepare, FailureKind.CONFLICT, "transfer to VM web", "busy");
    } finally {
      release.countDown();
      other.join();
    }
  }

  @Test
  void what_a_dead_daemon_left_is_swept_and_a_transfer_under_way_is_not() throws Exception {
    assertThat(Scratch.sweep(context)).isEmpty();
    Path marked = Files.createDirectories(temp.resolve("data/transfers/t1"));
    Files.createFile(marked.resolve("under-way"));
    Files.writeString(marked.resolve("workspace.tar"), "half");
    Path unmarked = Files.createDirectories(temp.resolve("data/transfers/t2"));

    try (Scratch underWay = Scratch.make(context)) {
      assertThat(Scratch.sweep(context))
          .containsExactlyInAnyOrder("half-done transfer t1", "half-done transfer t2");
      assertThat(Scratch.sweep(context)).isEmpty();
      assertThat(underWay.dir()).isDirectory();
    }
    assertThat(marked).doesNotExist();
    assertThat(unmarked).doesNotExist();
  }

  @Test
  void thousands_of_files_arrive_all() throws Exception {
    source.sh("mkdir many && cd many && for i in $(seq 3000); do echo $i > f$i; done");
    source.sh("head -c 20000000 /dev/urandom > big.bin");
    source.commit("Many");

    Map<?, ?> result = prepare();

    assertThat(result.get("files")).isEqualTo(3003L);
    assertThat(guest().git("status", "--porcelain")).isEmpty();
  }
}
