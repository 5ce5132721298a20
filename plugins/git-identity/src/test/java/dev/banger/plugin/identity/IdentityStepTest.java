package dev.banger.plugin.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestResult;
import dev.banger.api.Started;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityStepTest {
  private static final String FILE = "/root/.gitconfig";
  private static final String ADA =
      """
      [user]
        name = Ada Example
        email = ada@example.org
      [alias]
        x = !evil
      [credential]
        helper = store
      """;
  private static final String WRITTEN =
      "[user]\n\tname = \"Ada Example\"\n\temail = \"ada@example.org\"\n";

  @TempDir Path temp;
  private Bench bench;

  @BeforeEach
  void aBench() throws Exception {
    bench = new Bench(temp);
  }

  private String note(Started<IdentityReceipt> started) {
    return ((Started.Ok<IdentityReceipt>) started).note();
  }

  private DoctorCheck.Outcome check() throws Exception {
    return GitIdentityPlugin.check(bench.context());
  }

  @Test
  void name_and_email_come_to_the_guest_and_nothing_else_does() throws Exception {
    bench.home.says(ADA);

    assertThat(note(bench.start())).isEqualTo("Ada Example <ada@example.org>");

    assertThat(bench.read(FILE)).isEqualTo(WRITTEN);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.guest(FILE))))
        .isEqualTo("rw-r--r--");
    try (var files = Files.list(bench.guest("/root"))) {
      assertThat(files).containsExactly(bench.guest(FILE));
    }
    assertThat(check()).isEqualTo(DoctorCheck.Outcome.ok("Ada Example <ada@example.org>"));
  }

  @Test
  void a_second_start_looks_and_sends_nothing() throws Exception {
    bench.home.says(ADA);
    bench.start();
    var first = Files.getLastModifiedTime(bench.guest(FILE));
    int before = bench.shell.commands().size();

    assertThat(note(bench.start())).endsWith(", unchanged");

    assertThat(bench.shell.commands().subList(before, bench.shell.commands().size()))
        .allSatisfy(argv -> assertThat(argv.getFirst()).isEqualTo("read"))
        .hasSize(1);
    assertThat(Files.getLastModifiedTime(bench.guest(FILE))).isEqualTo(first);
  }

  @Test
  void no_name_is_ever_on_a_command_line_of_the_guest() throws Exception {
    bench.home.says(ADA);
    bench.start();

    assertThat(bench.shell.commands().toString()).doesNotContain("Ada", "example");
  }

  @Test
  void what_the_guests_user_added_survives_and_the_hosts_new_name_still_comes() throws Exception {
    bench.home.says(ADA);
    bench.start();
    String added = "[alias]\n\tst = status # mine\n[user]\n\tsigningkey = K\n";
    bench.guestFile(FILE, bench.read(FILE) + added);
    Files.setPosixFilePermissions(bench.guest(FILE), PosixFilePermissions.fromString("rw-------"));
    bench.home.says("[user]\n\tname = Ada B. Example\n\temail = ada@example.org\n");

    assertThat(note(bench.start())).isEqualTo("Ada B. Example <ada@example.org>");

    assertThat(bench.read(FILE)).isEqualTo(WRITTEN.replace("Ada", "Ada B.") + added);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.guest(FILE))))
        .isEqualTo("rw-------");
  }

  @Test
  void what_the_guests_user_changed_is_the_guests() throws Exception {
    bench.home.says(ADA);
    bench.start();
    bench.home.git(
        bench.guest("/root"),
        "config",
        "--file",
        bench.guest(FILE).toString(),
        "user.email",
        "root@guest");

    assertThat(note(bench.start()))
        .isEqualTo("Ada Example <ada@example.org>; the guest keeps its own user.email, unchanged");
    bench.home.says("[user]\n\tname = Bob\n\temail = bob@example.org\n");
    bench.start();

    assertThat(bench.identityBy(FILE)).isEqualTo("user.name Bob\nuser.email root@guest\n");
  }

  @Test
  void what_an_image_came_with_is_replaced() throws Exception {
    bench.home.says(ADA);
    bench.guestFile(FILE, "# of the image\n[user] name = nobody\n[core]\n\teditor = vi\n");

    bench.start();

    assertThat(bench.identityBy(FILE))
        .isEqualTo("user.email ada@example.org\nuser.name Ada Example\n");
    assertThat(bench.read(FILE)).contains("# of the image", "editor = vi").doesNotContain("nobody");
  }

  @Test
  void a_start_that_was_cut_off_does_not_take_its_own_work_for_the_guests() throws Exception {
    bench.home.says(ADA);
    bench.start();
    bench.home.says("[user]\n\tname = Bob\n\temail = ada@example.org\n");
    bench.host.answering(
        (vm, command) ->
            command.stdin().isPresent()
                ? new GuestResult(137, "", "killed", false)
                : bench.shell.apply(vm, command));
    assertThatThrownBy(bench::start).hasMessageContaining("was left as it is: killed");
    bench.host.answering(bench.shell);

    assertThat(note(bench.start())).isEqualTo("Bob <ada@example.org>");
    assertThat(bench.identityBy(FILE)).startsWith("user.name Bob\n");
  }

  @Test
  void content_that_does_not_arrive_whole_does_not_become_the_file() throws Exception {
    bench.home.says(ADA);
    bench.guestFile(FILE, "[alias]\n\tst = status\n");
    bench.host.answering(
        (vm, command) ->
            bench.shell.apply(
                vm,
                command.stdin().isPresent()
                    ? command.withStdin(new ByteArrayInputStream(new byte[] {'['}))
                    : command));

    assertThatThrownBy(bench::start).hasMessageContaining("not all of it arrived");

    assertThat(bench.read(FILE)).isEqualTo("[alias]\n\tst = status\n");
    try (var files = Files.list(bench.guest("/root"))) {
      assertThat(files).containsExactly(bench.guest(FILE));
    }
  }

  @Test
  void a_link_that_the_guests_user_made_stays_a_link() throws Exception {
    bench.home.says(ADA);
    bench.guestFile("/root/dotfiles/gitconfig", "[alias]\n\tst = status\n");
    Files.createSymbolicLink(bench.guest(FILE), Path.of("dotfiles/gitconfig"));

    bench.start();

    assertThat(Files.isSymbolicLink(bench.guest(FILE))).isTrue();
    assertThat(bench.read("/root/dotfiles/gitconfig"))
        .isEqualTo(WRITTEN + "[alias]\n\tst = status\n");
  }

  @Test
  void what_is_no_file_or_not_gits_or_too_large_is_left_alone() throws Exception {
    bench.home.says(ADA);
    Files.createDirectory(bench.guest(FILE));
    assertThatThrownBy(bench::start).hasMessageContaining("it is not a file");
    Files.delete(bench.guest(FILE));

    Files.createSymbolicLink(bench.guest(FILE), Path.of("nowhere/at/all"));
    assertThatThrownBy(bench::start).hasMessageContaining("leads to none");
    Files.delete(bench.guest(FILE));

    new ProcessBuilder("mkfifo", bench.guest(FILE).toString()).start().waitFor();
    assertThatThrownBy(bench::start).hasMessageContaining("it is not a file");
    Files.delete(bench.guest(FILE));

    bench.guestFile(FILE, "[user]\n\tname = \"open\n");
    assertThatThrownBy(bench::start)
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.GUEST))
        .hasMessage("/root/.gitconfig in VM web was left as it is: malformed at line 2");

    bench.guestFile(FILE, "# large\n".repeat(200_000));
    assertThatThrownBy(bench::start).hasMessageContaining("larger than 1 MiB");
    assertThat(bench.read(FILE)).hasSize(1_600_000);
  }

  @Test
  void any_identity_arrives_as_it_is() throws Exception {
    String config = "[user]\n\tname = \"  Ünal \\\"#;\\\\ \\n[core] x \"\n\temail = <a b>@é\n";
    bench.home.says(config);

    bench.start();

    bench.home.says("");
    String expected =
        bench.home.git(
            temp,
            "config",
            "--file",
            bench.home.says("c", config).dir().resolve("c").toString(),
            "-z",
            "--get-regexp",
            "^user");
    assertThat(
            bench.home.git(
                temp, "config", "--file", bench.guest(FILE).toString(), "-z", "--get-regexp", ""))
        .isEqualTo(expected);
  }

  @Test
  void bytes_that_are_no_utf8_arrive_as_they_are() throws Exception {
    Files.write(
        bench.home.dir().resolve(".gitconfig"),
        "[user]\n\tname = J\u00f6rg\n".getBytes(StandardCharsets.ISO_8859_1));

    bench.start();

    assertThat(bench.read(FILE)).isEqualTo("[user]\n\tname = \"J\u00f6rg\"\n");
    assertThat(check().summary()).startsWith("half a git identity: J");
  }

  @Test
  void the_file_in_dot_config_counts_beside_the_one_in_the_home_directory() throws Exception {
    bench.home.says(".config/git/config", "[user]\n\tname = Xdg\n\temail = xdg@example.org\n");
    bench.home.says("more", "[user]\n\temail = included@example.org\n");
    bench.home.says("[include]\n\tpath = more\n[includeIf \"gitdir:~/work/\"]\n\tpath = work\n");
    bench.home.says("work", "[user]\n\tname = At Work\n");

    assertThat(note(bench.start())).isEqualTo("Xdg <included@example.org>");
  }

  @Test
  void without_git_or_without_an_identity_there_is_nothing_to_bring_and_doctor_says_what_to_do()
      throws Exception {
    assertThat(bench.start()).isEqualTo(Started.skipped("this host has no git identity"));
    assertThat(check().status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(check().remedy()).startsWith("git config --global user.name");

    bench.home.says("[user]\n\tname\n\temail =\n");
    assertThat(bench.start()).isInstanceOf(Started.Skipped.class);

    bench.host.without("git");
    assertThat(bench.start()).isEqualTo(Started.skipped("git is not installed on this host"));
    assertThat(check())
        .isEqualTo(
            DoctorCheck.Outcome.warn(
                "git is not installed; guests get no identity from it", "apt install git"));
    assertThat(bench.shell.commands()).isEmpty();
  }

  @Test
  void a_configuration_that_git_refuses_is_told_with_gits_words() throws Exception {
    bench.home.says("[user]\n\tname = \"open\n");

    assertThatThrownBy(bench::start).hasMessageContaining("bad config line 2");
    assertThat(check().status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(check().summary()).contains("bad config line 2");
  }

  @Test
  void an_include_that_never_ends_costs_a_deadline() throws Exception {
    new ProcessBuilder("mkfifo", bench.home.dir().resolve("pipe").toString()).start().waitFor();
    bench.home.says("[include]\n\tpath = pipe\n");

    assertThatThrownBy(bench::start)
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.TIMEOUT));
    assertThat(check().summary()).contains("git");
  }

  @Test
  void what_is_too_long_to_be_a_name_is_refused() throws Exception {
    bench.home.says("[user]\n\tname = " + "x".repeat(1001) + "\n");
    assertThatThrownBy(bench::start).hasMessageContaining("longer than 1000 bytes");

    bench.home.says(("[user]\n\tname = " + "x".repeat(900) + "\n").repeat(100));
    assertThatThrownBy(bench::start).hasMessageContaining("longer than 1000 bytes");
  }

  @Test
  void what_is_configured_goes_before_what_git_says() throws Exception {
    bench.home.says(ADA);
    bench.configured("", "robot@example.org");
    assertThat(note(bench.start())).isEqualTo("Ada Example <robot@example.org>");

    bench.configured("Röbot", "robot@example.org").host.without("git");
    assertThat(note(bench.start())).isEqualTo("Röbot <robot@example.org>");
    assertThat(Files.readString(bench.guest(FILE))).contains("Röbot");
    assertThat(check().status()).isEqualTo(DoctorCheck.Status.OK);

    assertThatThrownBy(() -> bench.configured("a\nb", ""))
        .hasMessageContaining("one line without control characters");
    assertThatThrownBy(() -> bench.configured("", "é".repeat(501)))
        .hasMessageContaining("email has 1002 bytes, more than 1000");
  }
}
