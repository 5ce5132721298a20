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

/** Who made the commits that were made in a guest. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GitIdentityIT {
  private static final String WHO = "--format=%an <%ae> %cn <%ce>";
  private static BangerHome home;
  private static Path user;
  private static Path repository;

  @BeforeAll
  static void aUserWithARepositoryForWork() throws Exception {
    home = BangerHome.with("debian", "tiny");
    user = Files.createDirectories(home.dir().resolve("user"));
    repository = Files.createDirectories(user.resolve("work/shop"));
    hostSays("Ada \\\"the\\\" Éxample");
    Files.writeString(user.resolve("work.conf"), "[user]\n\temail = ada@work.example\n");
    git("init", "-q", "-b", "main");
    git("commit", "-q", "--allow-empty", "-m", "the first");
  }

  private static void hostSays(String name) throws IOException {
    Files.writeString(
        user.resolve(".gitconfig"),
        """
        [user]
          name = "%s"
          email = ada@example.org
        [includeIf "gitdir:~/work/"]
          path = work.conf
        """
            .formatted(name));
  }

  private static void git(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    ProcessBuilder git = new ProcessBuilder(command).directory(repository.toFile()).inheritIO();
    git.environment().put("HOME", user.toString());
    git.environment().remove("XDG_CONFIG_HOME");
    assertThat(git.start().waitFor()).as(command.toString()).isZero();
  }

  /** With the user's own home directory, which the daemon takes over from whoever starts it. */
  private static Ran banger(String... words) {
    return home.banger(words)
        .with("HOME", user.toString())
        .with("XDG_CONFIG_HOME", user.resolve(".config").toString())
        .with("GIT_CONFIG_GLOBAL", "/dev/null")
        .with("GIT_AUTHOR_NAME", "Somebody Else")
        .in(repository)
        .run()
        .ok();
  }

  private static String guest(String script) {
    return banger("vm", "exec", "box", "--", "sh", "-c", script).out();
  }

  @AfterAll
  static void close() {
    home.close();
  }

  @Test
  @Order(1)
  void aCommitInTheRepositoryHasItsOwnIdentityAndOneElsewhereTheGlobalOne() {
    Ran created = banger("vm", "create", "box", "--image", "debian");
    assertThat(created.err())
        .containsPattern("git-identity +.* Ada .the. Éxample <ada@example.org>");
    Ran prepared = banger("vm", "workspace", "prepare", "box");
    assertThat(prepared.err()).contains("<ada@work.example> in /root/repo");

    assertThat(
            guest(
                "cd /root/repo && git commit -q --allow-empty -m x && git log -1 '"
                    + WHO
                    + "' && git status --porcelain && git init -q /root/other && cd /root/other"
                    + " && git commit -q --allow-empty -m y && git log -1 '"
                    + WHO
                    + "' && git config --global user.email"))
        .isEqualTo(
            """
            Ada "the" Éxample <ada@work.example> Ada "the" Éxample <ada@work.example>
            Ada "the" Éxample <ada@example.org> Ada "the" Éxample <ada@example.org>
            ada@example.org
            """);
  }

  @Test
  @Order(2)
  void anotherStartChangesNothingAndWhatTheGuestsUserAddedStays() {
    guest("git config --global alias.st status && git config --global user.signingkey K");
    String before = guest("cat .gitconfig; stat -c '%i %Y %a' .gitconfig");

    banger("vm", "stop", "box");
    banger("vm", "start", "box");

    assertThat(guest("cat .gitconfig; stat -c '%i %Y %a' .gitconfig")).isEqualTo(before);
    assertThat(banger("plugin", "trace", "--vm", "box").out()).contains("unchanged");
  }

  @Test
  @Order(3)
  void aNewNameOfTheHostComesAndAnAddressOfTheGuestsOwnStays() throws Exception {
    guest("git config --global user.email root@box");
    hostSays("Ada Lovelace");

    banger("vm", "stop", "box");
    Ran started = banger("vm", "start", "box");

    assertThat(started.err()).contains("the guest keeps its own user.email");
    assertThat(
            guest(
                "git config --global --get-regexp '.*' && cd other && git commit -q --allow-empty"
                    + " -m z && git log -1 '"
                    + WHO
                    + "'"))
        .contains("alias.st status", "user.signingkey K")
        .endsWith("Ada Lovelace <root@box> Ada Lovelace <root@box>\n");
    banger("vm", "delete", "box", "--force");
  }

  @Test
  @Order(4)
  void aGuestWithoutGitGetsItAllTheSame() {
    Ran created = banger("vm", "create", "small", "--image", "tiny", "--memory", "256MiB");

    assertThat(created.err()).contains("<ada@example.org>");
    assertThat(banger("vm", "exec", "small", "--", "cat", "/root/.gitconfig").out())
        .isEqualTo("[user]\n\tname = \"Ada Lovelace\"\n\temail = \"ada@example.org\"\n");
  }
}
