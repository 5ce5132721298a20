package dev.banger.plugin.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CommandResult;
import dev.banger.testkit.FakeCommandCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the copy of a repository. */
class CheckoutFollowerTest {
  private static final String FILE = "/root/repo/.git/config";
  private static final String CORE = "[core]\n\trepositoryformatversion = 0\n";

  @TempDir Path temp;
  private Bench bench;
  private Path source;

  @BeforeEach
  void aRepository() throws Exception {
    bench = new Bench(temp);
    bench.home.says("[user]\n\tname = Ada Example\n\temail = ada@example.org\n");
    source = Files.createDirectories(bench.home.dir().resolve("src/shop"));
    bench.home.git(source, "init", "-q", "-b", "main");
    bench.guestFile(FILE, CORE);
  }

  private List<String> follow() throws Exception {
    return bench.follow(source, "/root/repo");
  }

  @Test
  void a_repository_that_says_nothing_gets_nothing() throws Exception {
    assertThat(follow()).isEmpty();

    assertThat(bench.read(FILE)).isEqualTo(CORE);
    assertThat(bench.shell.commands()).isEmpty();
  }

  @Test
  void its_own_identity_goes_into_its_copy_and_nothing_else_of_its_configuration()
      throws Exception {
    bench.home.git(source, "config", "user.name", "Ada at Work");
    bench.home.git(source, "config", "user.email", "ada@work.example");
    bench.home.git(source, "config", "core.sshCommand", "evil");

    assertThat(follow())
        .containsExactly("git-identity done Ada at Work <ada@work.example> in /root/repo");

    assertThat(bench.read(FILE))
        .isEqualTo("[user]\n\tname = \"Ada at Work\"\n\temail = \"ada@work.example\"\n" + CORE);
    assertThat(bench.shell.commands().toString()).doesNotContain("Ada", "work");
    assertThat(bench.guest("/root/.gitconfig")).doesNotExist();
  }

  @Test
  void only_what_differs_is_written() throws Exception {
    bench.home.git(source, "config", "user.name", "Ada Example");
    bench.home.git(source, "config", "user.email", "ada@work.example");

    assertThat(follow())
        .containsExactly("git-identity done Ada Example <ada@work.example> in /root/repo");

    assertThat(bench.read(FILE)).isEqualTo("[user]\n\temail = \"ada@work.example\"\n" + CORE);
  }

  @Test
  void an_identity_by_directory_counts_as_its_own() throws Exception {
    bench.home.says("work", "[user]\n\temail = ada@work.example\n");
    bench.home.says(
        """
        [user]
          name = Ada
          email = ada@example.org
        [includeIf "gitdir:~/src/"]
          path = work
        """);

    assertThat(follow()).containsExactly("git-identity done Ada <ada@work.example> in /root/repo");
  }

  @Test
  void a_directory_inside_and_a_linked_worktree_have_the_identity_of_their_repository()
      throws Exception {
    bench.home.git(source, "commit", "-q", "--allow-empty", "-m", "first");
    bench.home.git(source, "config", "user.email", "ada@work.example");
    Path tree = temp.resolve("tree");
    bench.home.git(source, "worktree", "add", "-q", tree.toString(), "-b", "other");

    assertThat(bench.follow(tree, "/root/repo")).hasSize(1);
    assertThat(bench.follow(Files.createDirectory(tree.resolve("in")), "/root/repo")).hasSize(1);
    assertThat(bench.identityBy(FILE)).isEqualTo("user.email ada@work.example\n");

    bench.home.git(source, "config", "extensions.worktreeConfig", "true");
    bench.home.git(tree, "config", "--worktree", "user.email", "tree@work.example");
    assertThat(bench.follow(tree, "/root/repo")).hasSize(1);
    assertThat(bench.identityBy(FILE)).isEqualTo("user.email tree@work.example\n");
  }

  @Test
  void what_is_configured_for_all_guests_does_not_replace_what_a_repository_says()
      throws Exception {
    bench.configured("Robot", "robot@example.org");
    assertThat(follow()).isEmpty();

    bench.home.git(source, "config", "user.email", "ada@work.example");
    assertThat(follow()).hasSize(1);
    assertThat(bench.identityBy(FILE)).isEqualTo("user.email ada@work.example\n");
  }

  @Test
  void links_on_the_way_are_refused_wherever_they_lead() throws Exception {
    bench.home.git(source, "config", "user.email", "ada@work.example");
    bench.guestFile("/root/other/.git/config", CORE);
    bench.guestFile("/root/victim", CORE);
    Files.createDirectories(bench.guest("/root/a/.git"));
    Files.createSymbolicLink(bench.guest("/root/a/.git/config"), bench.guest("/root/victim"));
    Files.createDirectories(bench.guest("/root/b"));
    Files.createSymbolicLink(bench.guest("/root/b/.git"), bench.guest("/root/other/.git"));
    Files.createSymbolicLink(bench.guest("/root/c"), bench.guest("/root/other"));

    for (String dest : List.of("/root/a", "/root/b", "/root/c")) {
      assertThatThrownBy(() -> bench.follow(source, dest))
          .as(dest)
          .hasMessageContaining("or what leads to it, is a link");
    }

    assertThat(bench.read("/root/victim")).isEqualTo(CORE);
    assertThat(bench.read("/root/other/.git/config")).isEqualTo(CORE);
  }

  @Test
  void a_copy_without_a_repository_is_told() throws Exception {
    bench.home.git(source, "config", "user.email", "ada@work.example");
    bench.guestFile("/root/plain/.git", "gitdir: /elsewhere\n");

    assertThatThrownBy(() -> bench.follow(source, "/root/plain"))
        .hasMessage(
            "/root/plain/.git/config in VM web was left as it is: there is no directory"
                + " /root/plain/.git");
    assertThatThrownBy(() -> bench.follow(source, "/root/../etc"))
        .hasMessageContaining("no directory");
    assertThatThrownBy(() -> bench.follow(source, "relative")).hasMessageContaining("no directory");
  }

  @Test
  void whoever_has_the_role_may_be_somebody_else_entirely() throws Exception {
    FakeCommandCall call =
        FakeCommandCall.following(Map.of("vm", "web"), Path.of("/"), bench.context());
    new CheckoutFollower().follow(call, CommandResult.none());
    new CheckoutFollower().follow(call, CommandResult.object(Map.of("dest", 1)));
    new CheckoutFollower().follow(call, CommandResult.rows(List.of(Map.of("dest", "/root"))));

    assertThat(call.stages()).isEmpty();
    assertThat(bench.shell.commands()).isEmpty();
  }
}
