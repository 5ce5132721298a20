package dev.banger.plugin.filesync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shape of a bad entry with its message. */
class EntryRulesTest {
  private static final Path HOME = Path.of("/home/ada");

  private final EntryRules rules = new EntryRules(HOME);

  static Stream<Arguments> invalid() {
    String octal = "mode must be octal digits from \"0000\" to \"0777\", such as \"0600\", got ";
    return Stream.of(
        bad("", "~/a", "host is empty"),
        bad("  ", "~/a", "host is empty"),
        bad("a/b", "~/a", "host must be an absolute path or begin with ~/, got \"a/b\""),
        bad("./a", "~/a", "host must be an absolute path or begin with ~/, got \"./a\""),
        bad("../a", "~/a", "host must not have .. in it, got \"../a\""),
        bad("~/../bob/x", "~/a", "host must not have .. in it, got \"~/../bob/x\""),
        bad("/a/..", "~/a", "host must not have .. in it, got \"/a/..\""),
        bad("~bob/x", "~/a", "host must not begin with ~user, only with ~/, got \"~bob/x\""),
        bad("~bob", "~/a", "host must not begin with ~user, only with ~/, got \"~bob\""),
        bad("/a\nb", "~/a", "host must have no control characters, got \"/a\\u000ab\""),
        bad("/a\0b", "~/a", "host must have no control characters, got \"/a\\u0000b\""),
        bad("/" + "a".repeat(1024), "~/a", "host is longer than 1024 characters"),
        bad("/a", "", "guest is empty"),
        bad("/a", "a", "guest must begin with ~/ or /root/, got \"a\""),
        bad("/a", "root/a", "guest must begin with ~/ or /root/, got \"root/a\""),
        bad("/a", "/etc/passwd", "guest must be under ~/ or /root/, got \"/etc/passwd\""),
        bad("/a", "/rootkit", "guest must be under ~/ or /root/, got \"/rootkit\""),
        bad("/a", "/", "guest must be under ~/ or /root/, got \"/\""),
        bad("/a", "~", "guest must be under ~/ or /root/, got \"~/\""),
        bad("/a", "~/", "guest must be under ~/ or /root/, got \"~/\""),
        bad("/a", "/root", "guest must be under ~/ or /root/, got \"/root\""),
        bad("/a", "/root/.", "guest must be under ~/ or /root/, got \"/root/.\""),
        bad("/a", "~/../etc/x", "guest must not have .. in it, got \"~/../etc/x\""),
        bad("/a", "/root/../etc", "guest must not have .. in it, got \"/root/../etc\""),
        bad("/a", "~bob/a", "guest must not begin with ~user, only with ~/, got \"~bob/a\""),
        bad("/a", "~/a\u001b[2J", "guest must have no control characters, got \"~/a\\u001b[2J\""),
        bad(
            "/a",
            "~/" + "a".repeat(256),
            "guest has a name of more than 255 bytes: \"~/" + "a".repeat(198) + "...\""),
        mode("", octal + "\"\""),
        mode("600 ", octal + "\"600 \""),
        mode("rw-------", octal + "\"rw-------\""),
        mode("0888", octal + "\"0888\""),
        mode("4755", octal + "\"4755\""),
        mode("0o600", octal + "\"0o600\""),
        mode("-600", octal + "\"-600\""),
        mode("60", octal + "\"60\""),
        Arguments.of(
            new Entry(Optional.empty(), Optional.of("~/a"), Optional.empty()), "host is missing"),
        Arguments.of(
            new Entry(Optional.of("/a"), Optional.empty(), Optional.empty()), "guest is missing"));
  }

  private static Arguments bad(String host, String guest, String message) {
    return Arguments.of(Entry.of(host, guest), message);
  }

  private static Arguments mode(String bits, String message) {
    return Arguments.of(Entry.of("/a", "~/a").withMode(bits), message);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void a_bad_entry_is_told_with_its_index_and_what_it_says(Entry entry, String message) {
    rules.sources(List.of(Entry.of("/fine", "~/fine"), entry));
    assertThat(rules.problems()).containsExactly("file_sync[1]: " + message);
  }

  @Test
  void what_is_fine_is_understood() {
    List<Source> sources =
        rules.sources(
            List.of(
                Entry.of("~/.aws", "~/.aws"),
                Entry.of("/etc//hosts", "/root//a/./b/").withMode("755"),
                Entry.of("~", "~/all").withMode("0640")));
    assertThat(rules.problems()).isEmpty();
    assertThat(sources)
        .containsExactly(
            new Source(0, Path.of("/home/ada/.aws"), ".aws", Optional.empty()),
            new Source(1, Path.of("/etc/hosts"), "a/b", Optional.of(0755)),
            new Source(2, HOME, "all", Optional.of(0640)));
  }

  @Test
  void two_entries_for_one_place_are_refused_however_they_are_written() {
    rules.sources(List.of(Entry.of("/a", "~/x/y"), Entry.of("/b", "/root/x//y/")));
    assertThat(rules.problems())
        .containsExactly(
            "file_sync[1]: guest is \"~/x/y\", as that of file_sync[0]; one of them is to go");
  }

  @Test
  void an_entry_inside_the_file_of_another_is_refused_and_inside_a_directory_is_not(
      @TempDir Path temp) throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "x");
    rules.sources(
        List.of(
            Entry.of("/b", "~/x/y"),
            Entry.of(file.toString(), "~/x"),
            Entry.of(temp.toString(), "~/d"),
            Entry.of("/b", "~/d/y")));
    assertThat(rules.problems())
        .containsExactly(
            "file_sync[0]: guest \"~/x/y\" is inside \"~/x\", which file_sync[1] makes a file");
  }

  @Test
  void all_bad_entries_are_told_in_one_message() {
    assertThatThrownBy(
            () ->
                new FileSyncSettings(
                    List.of(
                        Entry.of("", "/etc/passwd"),
                        Entry.of("/fine", "~/fine"),
                        Entry.of("/a", "~/a").withMode("9")),
                    1,
                    1,
                    1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            file_sync[0]: host is empty
            file_sync[0]: guest must be under ~/ or /root/, got "/etc/passwd"
            file_sync[2]: mode must be octal digits from "0000" to "0777", such as "0600", got "9\"""");
  }

  @Test
  void limits_have_limits() {
    assertThatThrownBy(() -> new FileSyncSettings(List.of(), 0, 1, 1))
        .hasMessage("max_files must be 1 to 100000, got 0");
    assertThatThrownBy(() -> new FileSyncSettings(List.of(), 1, 5000, 1))
        .hasMessage("max_file_mib must be 1 to 4096, got 5000");
  }
}
