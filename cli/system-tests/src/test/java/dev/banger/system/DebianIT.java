package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A full distribution as guest, with a repository in it. */
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
}
