package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A full distribution as guest, with a repository in it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DebianIT {
  private static BangerHome home;
  private static Path repository;

  @BeforeAll
  static void open() throws Exception {
    home = BangerHome.with("debian", "tiny");
    repository = home.dir().resolve("repo");
    Files.createDirectories(repository.resolve("src"));
    Files.writeString(repository.resolve("src/main.txt"), "hello\n");
    Files.writeString(repository.resolve(".gitignore"), ".env\n");
    Files.writeString(repository.resolve(".env"), "SECRET=1\n");
    git("init", "-q", "-b", "main");
    git("add", "src", ".gitignore");
    git("commit", "-q", "-m", "the first commit");
    Files.writeString(repository.resolve("src/main.txt"), "hello again\n");
    git("commit", "-q", "-am", "teach the parser about tabs");
  }

  private static void git(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("git", "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"));
    command.addAll(List.of(arguments));
    assertThat(
            new ProcessBuilder(command)
                .directory(repository.toFile())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  @AfterAll
  static void close() {
    home.close();
  }

  @Test
  @Order(1)
  void runPutsTheRepositoryIntoAVmAndPassesTheExitCode() {
    Ran ran =
        home.banger(
                "run",
                ".",
                "--name",
                "box",
                "--image",
                "debian",
                "--",
                "sh",
                "-c",
                "uname -s; git log -1 --format='%an: %s'; git status --porcelain; ls -A; exit 7")
            .in(repository)
            .run();

    ran.exited(7);
    assertThat(ran.out())
        .isEqualTo("Linux\nAda Example: teach the parser about tabs\n.git\n.gitignore\nsrc\n");
  }

  @Test
  @Order(2)
  void aRepositoryArrivesSoundAndWithWhatIsNotCommittedYet() throws Exception {
    Files.writeString(repository.resolve("src/main.txt"), "hello once more\n");
    Files.writeString(repository.resolve("new.txt"), "new\n");
    try {
      Ran ran =
          home.ok(
              "vm",
              "workspace",
              "prepare",
              "box",
              repository.toString(),
              "--include-uncommitted",
              "--dest",
              "/root/again");
      assertThat(ran.out() + ran.err()).containsPattern("3 files, [0-9]+ kB, branch main");
    } finally {
      git("checkout", "-q", "--", "src/main.txt");
      Files.delete(repository.resolve("new.txt"));
    }

    Ran guest =
        home.ok(
            "vm",
            "exec",
            "box",
            "--",
            "sh",
            "-c",
            "cd /root/again && git status --porcelain && git fsck --strict 2>&1 && git log --format=%s"
                + " && ls -A && ls -A /root | grep -c '^[.]banger-' || true");
    assertThat(guest.out())
        .isEqualTo(
            """
             M src/main.txt
            ?? new.txt
            teach the parser about tabs
            the first commit
            .git
            .gitignore
            new.txt
            src
            0
            """);
  }

  @Test
  @Order(3)
  void whatAGuestCommitsComesBackAsABranchAPatchOrFiles() throws Exception {
    inBox(
        "cd /root/repo && echo tabs >>src/main.txt && git add -A &&"
            + " git -c user.name='Grace Guest' -c user.email=grace@example.org"
            + " commit -q --date='2001-02-03T04:05:06+0700' -m 'count tabs' -m 'and spaces'");
    inBox("cd /root/repo && printf '#!/bin/sh\\n' >run && chmod +x run && echo x >.env");
    String commit = inBox("cd /root/repo && git cat-file commit HEAD");

    Ran branch =
        home.banger(
                "vm",
                "workspace",
                "export",
                "box",
                "--as",
                "branch",
                "--from",
                "/root/repo",
                "-o",
                "json")
            .in(repository)
            .run();
    branch.exited(0);
    assertThat(said("git", "cat-file", "commit", "banger/box~1")).isEqualTo(commit);
    assertThat(said("git", "log", "--format=%an %ad %s", "--date=iso-strict", "main..banger/box~1"))
        .isEqualTo("Grace Guest 2001-02-03T04:05:06+07:00 count tabs\n");
    assertThat(said("git", "ls-tree", "-r", "--format=%(objectmode) %(path)", "banger/box"))
        .isEqualTo("100644 .gitignore\n100755 run\n100644 src/main.txt\n");
    assertThat(branch.out()).contains("run is newly executable").contains("Grace Guest");
    assertThat(said("git", "status", "--porcelain")).isEmpty();

    Ran patch =
        home.banger("vm", "workspace", "export", "box", "--from", "/root/repo")
            .in(repository)
            .run();
    patch.exited(0);
    said("git", "apply", "--check", "box.patch");
    Files.delete(repository.resolve("box.patch"));

    home.banger("vm", "workspace", "export", "box", "--as", "files", "--from", "/root/repo")
        .in(repository)
        .run()
        .exited(0);
    assertThat(repository.resolve("src/main.txt")).hasContent("hello again\ntabs\n");
    assertThat(repository.resolve("run")).isExecutable();
    assertThat(repository.resolve(".env")).hasContent("SECRET=1");
  }

  private static String inBox(String script) {
    return home.ok("vm", "exec", "box", "--", "sh", "-c", script).out();
  }

  private static String said(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).directory(repository.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return out;
  }

  @Test
  @Order(4)
  void aRunThatIsOverLeavesItsBranchAndNoVm() throws Exception {
    home.ok("rm", "--force", "box");

    home.banger(
            "run",
            ".",
            "--rm",
            "--name",
            "quick",
            "--image",
            "tiny",
            "--export",
            "branch",
            "--",
            "sh",
            "-c",
            "echo more >>src/main.txt")
        .in(repository)
        .run()
        .exited(0);

    assertThat(said("git", "diff", "--name-status", "main", "banger/quick"))
        .isEqualTo("M\tsrc/main.txt\n");
    assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
  }
}
