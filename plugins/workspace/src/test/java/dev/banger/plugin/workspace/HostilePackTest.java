package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest's git sends that means harm. */
class HostilePackTest {
  @TempDir Path temp;
  private HostileGuest guest;

  @BeforeEach
  void aVmWithAWorkspace() throws Exception {
    guest = new HostileGuest(temp);
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    guest.bench.requireNothingLeft();
  }

  @Test
  void an_endless_pack_ends_at_the_limit() throws Exception {
    guest.sendingPack(
        out -> {
          byte[] zeros = new byte[1 << 20];
          for (int i = 0; i < 10_000; i++) {
            out.write(zeros);
          }
        });

    assertThatThrownBy(() -> guest.bench.export("max-size", "1MiB")).hasMessageContaining("1 MiB");
  }

  /** A repository as a hostile guest's git would have it, and what it sends. */
  private HostileGuest.Sender pack(String script) throws Exception {
    Repository evil = new Repository(guest.bench.guest().root());
    String out =
        evil.sh(
            """
            set -e
            base=$(git rev-parse HEAD)
            blob=$(echo bad | git hash-object -w --stdin)
            # $1 mode, $2 name, $3 id in hexadecimal
            entry() { printf '%s %b\\0' "$1" "$2"; printf "$(echo "$3" | sed 's/../\\\\x&/g')"; }
            tree() { git hash-object -t tree -w --literally --stdin; }
            commit() { git commit-tree -m evil -p "$base" "$1"; }
            """
                    .replace("printf \"$(echo \"$3\"", "/usr/bin/printf \"$(echo \"$3\"")
                + script
                + """

                printf '%s\\n%s\\n^%s\\n' $tree $head $base \\
                  | git pack-objects --revs --stdout -q >../evil.pack
                echo banger-export 1 $head $tree
                """);
    byte[] bytes = Files.readAllBytes(evil.root().resolveSibling("evil.pack"));
    return to -> {
      to.write((out + "\n").getBytes(UTF_8));
      to.write(bytes);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {".git", "..", ".GIT", "git~1", "/etc", "."})
  void a_tree_with_a_name_that_git_would_not_write_is_refused(String name) throws Exception {
    guest.sendingPack(
        pack(
            """
            inner=$(entry 100755 post-checkout $blob | tree)
            tree=$(entry 40000 '%s' $inner | tree)
            head=$(commit $tree)
            """
                .formatted(name)));

    guest.isRefused("refused", name.equals("/etc") ? "/etc" : "post-checkout");
  }

  @Test
  void a_tree_whose_names_hide_directories_is_refused_as_a_branch() throws Exception {
    guest.sendingPack(pack("tree=$(entry 100644 a/b $blob | tree)\nhead=$(commit $tree)"));

    assertThatThrownBy(() -> guest.bench.export("as", "branch"))
        .hasMessageContaining("git refuses the guest's commits");
    assertThat(guest.bench.source.git("for-each-ref")).doesNotContain("banger/web");
  }

  @Test
  void a_trap_in_an_earlier_commit_is_found() throws Exception {
    guest.sendingPack(
        pack(
            """
            inner=$(entry 100755 post-checkout $blob | tree)
            hooks=$(entry 40000 hooks $inner | tree)
            trap=$(commit $(entry 40000 .git $hooks | tree))
            tree=$(entry 100644 fine $blob | tree)
            head=$(git commit-tree -m fine -p $trap $tree)
            """));

    guest.isRefused(".git/hooks/post-checkout");
  }

  @Test
  void a_submodule_whose_address_is_an_option_is_refused_as_a_branch() throws Exception {
    guest.sendingPack(
        pack(
            """
            modules=$(printf '[submodule "x"]\\n\\tpath = x\\n\\turl = -u./payload\\n' \\
              | git hash-object -w --stdin)
            tree=$(entry 100644 .gitmodules $modules | tree)
            head=$(commit $tree)
            """));

    assertThatThrownBy(() -> guest.bench.export("as", "branch"))
        .hasMessageContaining("git refuses the guest's commits");
    assertThat(guest.bench.source.git("for-each-ref")).doesNotContain("banger/web");
  }

  @Test
  void a_pack_that_lacks_what_it_speaks_of_is_refused() throws Exception {
    String gone = "0123456789".repeat(4);
    HostileGuest.Sender honest = pack("tree=$(entry 100644 f $blob | tree)\nhead=$(commit $tree)");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    honest.send(whole);
    String text = whole.toString(ISO_8859_1);
    int line = text.indexOf('\n');

    for (String header :
        List.of(
            "banger-export 1 " + gone + text.substring("banger-export 1 ".length() + 40, line),
            text.substring(0, line - 40) + gone,
            "banger-export 1 --upload-pack=x " + gone,
            "something else",
            "")) {
      guest.sendingPack(out -> out.write((header + text.substring(line)).getBytes(ISO_8859_1)));
      guest.isRefused("the guest");
    }
    guest.sendingPack(out -> out.write(text.substring(0, text.length() - 30).getBytes(ISO_8859_1)));
    guest.isRefused("guest");
  }
}
