package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
    home = BangerHome.with("debian");
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
                "--rm",
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
    assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
  }

  @Test
  @Order(2)
  void sshWorksWithKeysOnlyAndAPinnedHostKey() {
    home.ok("vm", "create", "box", "--image", "debian");

    Ran ran = home.ok("vm", "ssh", "box", "--", "hostname; whoami");
    assertThat(ran.out()).isEqualTo("box\nroot\n");
    assertThat(ran.err()).contains("box").contains("still running");

    String policy =
        home.ok("vm", "exec", "box", "--", "sshd", "-T").out().toLowerCase(java.util.Locale.ROOT);
    assertThat(policy)
        .containsPattern("permitrootlogin (prohibit-password|without-password)")
        .contains("passwordauthentication no")
        .contains("kbdinteractiveauthentication no")
        .contains("strictmodes yes")
        .contains("loglevel info");
    assertThat(home.ok("vm", "ssh-config", "box").out())
        .contains("Host box")
        .contains("StrictHostKeyChecking yes");
  }

  @Test
  @Order(3)
  void aRepositoryArrivesSoundAndWithWhatIsNotCommittedYet() throws Exception {
    Files.writeString(repository.resolve("src/main.txt"), "hello once more\n");
    Files.writeString(repository.resolve("new.txt"), "new\n");
    try {
      Ran ran =
          home.ok(
              "vm", "workspace", "prepare", "box", repository.toString(), "--include-uncommitted");
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
            "cd /root/repo && git status --porcelain && git fsck --strict 2>&1 && git log --format=%s"
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
  void aCommandWithATerminalHasOne() {
    // No terminal here, so it is refused rather than half-done.
    home.run("vm", "exec", "box", "-t", "--", "tty").exited(2);
  }

  @Test
  @Order(4)
  void stopIsPoliteAndNotForced() {
    home.ok("vm", "wait", "box", "--for", "ready", "--timeout", "2m");
    Ran stopped = home.ok("vm", "stop", "box", "--timeout", "60s");

    assertThat(stopped.out() + stopped.err()).doesNotContain("forced");
    home.ok("vm", "delete", "box");
  }
}
