package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.banger.testkit.HostileTar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that no honest guest sends. One VM for all: each leaves everything as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileArchiveTest {
  private static final long TEN_GB = 10_000_000_000L;

  private HostileGuest guest;

  @BeforeAll
  void aVmWithAWorkspace(@TempDir Path temp) throws Exception {
    guest = new HostileGuest(temp);
  }

  static List<Arguments> archives() {
    List<Arguments> all = new ArrayList<>();
    for (String name :
        List.of(
            "/etc/passwd",
            "../outside",
            "./lib/../../outside",
            "lib/..",
            ".git/hooks/post-checkout",
            ".git/config",
            "./.git",
            "../lib/.git/config",
            ".GIT/config",
            ".Git",
            "git~1/config",
            ".git./config",
            ".git::$INDEX_ALLOCATION/config",
            ".g\u200cit/config",
            "lib//x",
            "lib/./x",
            "d/".repeat(200) + "x")) {
      String[] words =
          name.length() > 100
              ? words("d/d/d/", "too deep")
              : words("refused", "\"" + shown(name) + "\"");
      HostileTar tar =
          name.length() > 100
              ? new HostileTar().longName(name).file("x", "x")
              : new HostileTar().file(name, "bad");
      all.add(arguments(name.length() > 100 ? "deep" : name, tar.done(), words));
    }
    all.add(
        arguments(
            "an escape code in a bad name",
            new HostileTar().file("../\u001b[2Jx\nevil", "x").done(),
            new String[] {"../\\x1b[2Jx\\nevil"}));
    all.add(
        arguments(
            "pax: absolute",
            new HostileTar().pax("path", "/etc/x").file("x", "x").done(),
            words("/etc/x")));
    all.add(
        arguments(
            "a link up", new HostileTar().link("../x", "/etc").done(), words("../x", "upwards")));
    all.add(
        arguments(
            "through a link",
            new HostileTar().link("lib", "/etc").file("lib/passwd", "x").done(),
            words("lib/passwd", "below something that is no directory")));
    all.add(
        arguments(
            "a file over a directory",
            new HostileTar().file("a/b", "x").file("a", "x").done(),
            words("\"a\"", "twice")));
    all.add(
        arguments(
            "a directory over a link",
            new HostileTar().link("a", "/etc").directory("a").done(),
            words("\"a\"", "twice")));
    all.add(
        arguments(
            "twice",
            new HostileTar().file("a", "x").file("a", "y").done(),
            words("\"a\"", "twice")));
    all.add(
        arguments(
            "a hard link outside",
            new HostileTar().hardLink("stolen", "/etc/shadow").done(),
            words("stolen", "/etc/shadow", "not in there")));
    all.add(
        arguments(
            "a hard link to a directory",
            new HostileTar().file("d/x", "x").hardLink("d/y", "d").done(),
            words("d/y", "hard link")));
    all.add(
        arguments(
            "a device over a traversal",
            new HostileTar().entry("../sda", '4', "", new byte[0], 0666).done(),
            words("../sda")));
    all.add(
        arguments("cut off", new HostileTar().file("a", "x").torn(), words("cut off", "\"a\"")));
    all.add(arguments("garbage", "x".repeat(5000).getBytes(UTF_8), words("damaged")));
    all.add(arguments("a size that lies", lying(600), words("damaged", "\"a\"")));
    all.add(arguments("larger than what comes", lying(1_000_000), words("cut off", "\"a\"")));
    all.add(arguments("10 GB declared", lying(TEN_GB / 2), words("64 MiB", "\"a\"")));
    return all;
  }

  private static String[] words(String... words) {
    return words.length == 0 ? new String[] {"guest"} : words;
  }

  /** One file whose header says so many bytes; less comes. */
  private static byte[] lying(long size) {
    byte[] tar = new HostileTar().file("a", "short").file("b", "next").done();
    byte[] digits = "%011o".formatted(size).getBytes(UTF_8);
    System.arraycopy(digits, 0, tar, 124, digits.length);
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : tar[i] & 0xff;
    }
    System.arraycopy("%06o".formatted(sum).getBytes(UTF_8), 0, tar, 148, 6);
    return tar;
  }

  /** As an export strips and shows it. */
  private static String shown(String name) {
    String bytes = new String(name.getBytes(UTF_8), ISO_8859_1);
    return Names.shown(bytes.startsWith("./") ? bytes.substring(2) : bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void an_archive_that_no_honest_guest_sends_is_refused_by_the_name_of_its_entry(
      String what, byte[] tar, String[] words) throws Exception {
    guest.sendingTar(out -> out.write(tar));

    guest.isRefused(words);
  }

  @Test
  void what_is_refused_is_refused_whatever_it_was_to_become() throws Exception {
    byte[] tar = new HostileTar().file(".git/hooks/post-checkout", "bad").done();
    guest.sendingTar(out -> out.write(tar));

    guest.isRefusedInEachKind(".git/hooks/post-checkout");
  }

  @Test
  void ten_gigabytes_of_zeros_end_at_the_limit() throws Exception {
    // Of a pipe, content makes no sense, and is skipped no longer than it would be taken.
    for (char type : new char[] {'0', '6'}) {
      byte[] header =
          new HostileTar()
              .pax("size", "" + TEN_GB)
              .entry("big", type, "", new byte[0], 0644)
              .torn();
      long[] sent = new long[1];
      guest.sendingTar(
          out -> {
            out.write(header);
            byte[] zeros = new byte[1 << 16];
            for (; sent[0] < TEN_GB; sent[0] += zeros.length) {
              out.write(zeros);
            }
          });
      guest.isRefused("64 MiB", "\"big\"");
      assertThat(sent[0]).isLessThan(100L << 20);
    }
  }
}
