package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.GuestResult;
import dev.banger.testkit.HostileTar;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be kept, cannot be shown, or does not come at all. */
class OddExportTest {
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
  void a_guest_whose_tar_does_not_work_is_told_of() {
    guest.bench.lying(
        command ->
            command.argv().get(2).contains("pack-objects")
                ? HostileGuest.exit(67)
                : new GuestResult(1, "", "usage\ntar: no such\u001b option", false));

    assertThatThrownBy(() -> guest.bench.export())
        .hasMessageContaining("tar in VM web failed: tar: no such\\x1b option");
  }

  @Test
  void what_git_cannot_keep_is_left_out_and_named() throws Exception {
    guest.sendingTar(
        out ->
            out.write(
                new HostileTar()
                    .file("README", "one\n")
                    .file("lib/code.txt", "code\n")
                    .file(".gitignore", "*.log\n")
                    .entry("sda", '4', "", new byte[0], 0666)
                    .entry("tty\u001b[31m", '3', "", new byte[0], 0666)
                    .file("lib/.git/hooks/post-checkout", "bad")
                    .entry("fifo", '6', "", new byte[0], 0666)
                    .entry("root", '0', "", "x".getBytes(UTF_8), 06755)
                    .done()));

    Map<?, ?> result = guest.bench.export("as", "files");

    assertThat(result.get("remarks").toString())
        .contains("left out the repository inside: lib/.git")
        .contains("a device: sda", "a device: tty\\x1b[31m", "a named pipe: fifo")
        .contains("setuid, setgid or sticky bit of root");
    Path root = guest.bench.source.root().resolve("root");
    assertThat(guest.bench.source.sh("stat -c %a root")).matches("7[0-7]{2}");
    assertThat(root).hasContent("x");
    assertThat(guest.bench.source.git("status", "--porcelain")).isEqualTo("?? root");
  }

  @Test
  void odd_names_are_kept_as_they_are_and_shown_harmlessly() throws Exception {
    byte[] tar =
        new HostileTar()
            .file("README", "one\n")
            .file("lib/code.txt", "code\n")
            .file(".gitignore", "*.log\n")
            .file("line\nfeed", "1")
            .file("quote\"back\\slash", "2")
            .file("\u001b]0;owned\u0007", "3")
            .file("Case", "4")
            .file("case", "5")
            .file("-rf", "6")
            .done();
    String text = new String(tar, ISO_8859_1);
    guest.sendingTar(out -> out.write(text.getBytes(ISO_8859_1)));

    Map<?, ?> result = guest.bench.export("as", "branch");

    assertThat(guest.bench.source.git("show", "banger/web:line\nfeed")).isEqualTo("1");
    assertThat(guest.bench.source.git("show", "banger/web:quote\"back\\slash")).isEqualTo("2");
    assertThat(result.get("changed").toString())
        .contains("line\\nfeed", "\\x1b]0;owned\\x07")
        .doesNotContain("\u001b", "\n");
    assertThat(result.get("warnings").toString()).contains("in case only");
    assertThat(guest.bench.shown()).noneMatch(line -> line.contains("\u001b"));
    guest.bench.export("as", "files");
    assertThat(guest.bench.source.read("line\nfeed")).isEqualTo("1");
    assertThat(guest.bench.source.read("-rf")).isEqualTo("6");
  }

  @Test
  void a_name_that_is_no_text_survives() throws Exception {
    guest.bench.guest().sh("printf x >\"$(printf 'caf\\351')\"");

    guest.bench.export("as", "branch");

    assertThat(guest.bench.source.sh("git ls-tree -z --name-only banger/web | od -An -c"))
        .contains("c   a   f 351");
  }
}
