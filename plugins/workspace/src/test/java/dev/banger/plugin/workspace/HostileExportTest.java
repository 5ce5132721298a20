package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.testkit.HostileTar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What guests send that mean harm. */
class HostileExportTest {
  private static final List<String> KINDS = List.of("patch", "branch", "files");
  private static final long TEN_GB = 10_000_000_000L;

  @TempDir Path temp;
  private Workbench bench;

  @BeforeEach
  void aVmWithAWorkspace() throws Exception {
    bench = new Workbench(temp);
    bench.prepare();
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    bench.requireNothingLeft();
  }

  interface Sender {
    void send(OutputStream out) throws IOException;
  }

  /** A guest without git whose tar sends this. */
  private void sendingTar(Sender sender) {
    bench.lying(
        command ->
            command.argv().get(2).contains("pack-objects") ? exit(67) : say(command, sender));
  }

  /** A guest whose git sends this. */
  private void sendingPack(Sender sender) {
    bench.lying(command -> say(command, sender));
  }

  private static GuestResult exit(int code) {
    return new GuestResult(code, "", "", false);
  }

  private static GuestResult say(GuestCommand command, Sender sender) {
    try {
      sender.send(command.stdout().orElseThrow());
      return exit(0);
    } catch (IOException e) {
      throw new CapabilityException(FailureKind.GUEST, "nobody listens to the guest", "", e);
    }
  }

  /** Every file of the test's, with its content; what is the guest's apart. */
  private Map<Path, String> everything() throws IOException {
    Map<Path, String> all = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(temp)) {
      for (Path path : walk.toList()) {
        if (!path.startsWith(temp.resolve("guests")) && !path.startsWith(temp.resolve("data"))) {
          all.put(
              path,
              Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                  ? Files.readString(path, ISO_8859_1)
                  : "");
        }
      }
    }
    return all;
  }

  /** Refused, whatever it was to become, and nothing changed anywhere. */
  private void refusesInEachKind(String... words) throws Exception {
    Map<Path, String> before = everything();
    for (String kind : KINDS) {
      assertThatThrownBy(() -> bench.export("as", kind, "max-size", "64MiB"))
          .as(kind)
          .isInstanceOf(CapabilityException.class)
          .hasMessageContainingAll(words)
          .satisfies(
              e -> assertThat(e.getMessage().chars()).noneMatch(c -> c < ' ' || c == 0x202e));
      assertThat(everything()).as(kind).isEqualTo(before);
    }
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
      String[] words = name.length() > 100 ? new String[] {"too deep"} : new String[] {"refused"};
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
    all.add(arguments("cut off", new HostileTar().file("a", "x").torn(), words("cut off")));
    all.add(arguments("garbage", "x".repeat(5000).getBytes(UTF_8), words("damaged")));
    all.add(arguments("a size that lies", lying(600), words("damaged")));
    all.add(arguments("larger than what comes", lying(1_000_000), words("cut off")));
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void an_archive_that_no_honest_guest_sends_is_refused_by_the_name_of_its_entry(
      String what, byte[] tar, String[] words) throws Exception {
    sendingTar(out -> out.write(tar));

    refusesInEachKind(words);
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
      sendingTar(
          out -> {
            out.write(header);
            byte[] zeros = new byte[1 << 16];
            for (; sent[0] < TEN_GB; sent[0] += zeros.length) {
              out.write(zeros);
            }
          });
      refusesInEachKind("64 MiB");
      assertThat(sent[0]).isLessThan(KINDS.size() * (100L << 20));
    }
  }

  @Test
  void an_endless_pack_ends_at_the_limit() throws Exception {
    sendingPack(
        out -> {
          byte[] zeros = new byte[1 << 20];
          for (int i = 0; i < 10_000; i++) {
            out.write(zeros);
          }
        });

    assertThatThrownBy(() -> bench.export("max-size", "1MiB")).hasMessageContaining("1 MiB");
  }

  @Test
  void one_entry_too_many_ends_it() {
    byte[] header = new HostileTar().file("000000000", "").torn();
    assertThat(Limits.of("4GiB").entries()).isEqualTo(1_000_000);
    Limits limits = new Limits(4L << 30, 100_000);
    InputStream entries = new Entries(header, limits.entries() + 1);

    assertThatThrownBy(
            () ->
                new TarTree(limits, _ -> {}).convert(entries, OutputStream.nullOutputStream(), "r"))
        .hasMessageContaining("100,000");
  }

  /** Empty files with numbers for names. */
  private static final class Entries extends InputStream {
    private final byte[] header;
    private final long count;
    private long made;
    private int at;

    Entries(byte[] header, long count) {
      this.header = header.clone();
      this.count = count;
      this.at = header.length;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == header.length) {
        if (made == count) {
          return -1;
        }
        at = 0;
        number();
      }
      int some = Math.min(length, header.length - at);
      System.arraycopy(header, at, into, offset, some);
      at += some;
      return some;
    }

    private void number() {
      int digits = 0;
      long rest = made++;
      for (int i = 8; i >= 0; i--, rest /= 10) {
        header[i] = (byte) ('0' + rest % 10);
        digits += header[i] & 0xff;
      }
      int sum = 0;
      for (int i = 9; i < 512; i++) {
        sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
      }
      System.arraycopy("%06o".formatted(sum + digits).getBytes(UTF_8), 0, header, 148, 6);
    }
  }

  @Test
  void a_guest_whose_tar_does_not_work_is_told_of() {
    bench.lying(
        command ->
            command.argv().get(2).contains("pack-objects")
                ? exit(67)
                : new GuestResult(1, "", "usage\ntar: no such\u001b option", false));

    assertThatThrownBy(() -> bench.export())
        .hasMessageContaining("tar in VM web failed: tar: no such\\x1b option");
  }

  @Test
  void what_git_cannot_keep_is_left_out_and_named() throws Exception {
    sendingTar(
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

    Map<?, ?> result = bench.export("as", "files");

    assertThat(result.get("remarks").toString())
        .contains("left out the repository inside: lib/.git")
        .contains("a device: sda", "a device: tty\\x1b[31m", "a named pipe: fifo")
        .contains("setuid, setgid or sticky bit of root");
    Path root = bench.source.root().resolve("root");
    assertThat(bench.source.sh("stat -c %a root")).matches("7[0-7]{2}");
    assertThat(root).hasContent("x");
    assertThat(bench.source.git("status", "--porcelain")).isEqualTo("?? root");
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
    sendingTar(out -> out.write(text.getBytes(ISO_8859_1)));

    Map<?, ?> result = bench.export("as", "branch");

    assertThat(bench.source.git("show", "banger/web:line\nfeed")).isEqualTo("1");
    assertThat(bench.source.git("show", "banger/web:quote\"back\\slash")).isEqualTo("2");
    assertThat(result.get("changed").toString())
        .contains("line\\nfeed", "\\x1b]0;owned\\x07")
        .doesNotContain("\u001b", "\n");
    assertThat(result.get("warnings").toString()).contains("in case only");
    assertThat(bench.shown()).noneMatch(line -> line.contains("\u001b"));
    bench.export("as", "files");
    assertThat(bench.source.read("line\nfeed")).isEqualTo("1");
    assertThat(bench.source.read("-rf")).isEqualTo("6");
  }

  @Test
  void a_name_that_is_no_text_survives() throws Exception {
    bench.guest().sh("printf x >\"$(printf 'caf\\351')\"");

    bench.export("as", "branch");

    assertThat(bench.source.sh("git ls-tree -z --name-only banger/web | od -An -c"))
        .contains("c   a   f 351");
  }

  /** A repository as a hostile guest's git would have it, and what it sends. */
  private Sender pack(String script) throws Exception {
    Repository evil = new Repository(bench.guest().root());
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
    sendingPack(
        pack(
            """
            inner=$(entry 100755 post-checkout $blob | tree)
            tree=$(entry 40000 '%s' $inner | tree)
            head=$(commit $tree)
            """
                .formatted(name)));

    refusesInEachKind("refused", name.equals("/etc") ? "/etc" : "post-checkout");
  }

  @Test
  void a_tree_whose_names_hide_directories_is_refused_as_a_branch() throws Exception {
    sendingPack(pack("tree=$(entry 100644 a/b $blob | tree)\nhead=$(commit $tree)"));

    assertThatThrownBy(() -> bench.export("as", "branch"))
        .hasMessageContaining("git refuses the guest's commits");
    assertThat(bench.source.git("for-each-ref")).doesNotContain("banger/web");
  }

  @Test
  void a_trap_in_an_earlier_commit_is_found() throws Exception {
    sendingPack(
        pack(
            """
            inner=$(entry 100755 post-checkout $blob | tree)
            hooks=$(entry 40000 hooks $inner | tree)
            trap=$(commit $(entry 40000 .git $hooks | tree))
            tree=$(entry 100644 fine $blob | tree)
            head=$(git commit-tree -m fine -p $trap $tree)
            """));

    refusesInEachKind(".git/hooks/post-checkout");
  }

  @Test
  void a_submodule_whose_address_is_an_option_is_refused_as_a_branch() throws Exception {
    sendingPack(
        pack(
            """
            modules=$(printf '[submodule "x"]\\n\\tpath = x\\n\\turl = -u./payload\\n' \\
              | git hash-object -w --stdin)
            tree=$(entry 100644 .gitmodules $modules | tree)
            head=$(commit $tree)
            """));

    assertThatThrownBy(() -> bench.export("as", "branch"))
        .hasMessageContaining("git refuses the guest's commits");
    assertThat(bench.source.git("for-each-ref")).doesNotContain("banger/web");
  }

  @Test
  void a_pack_that_lacks_what_it_speaks_of_is_refused() throws Exception {
    String gone = "0123456789".repeat(4);
    Sender honest = pack("tree=$(entry 100644 f $blob | tree)\nhead=$(commit $tree)");
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
      sendingPack(out -> out.write((header + text.substring(line)).getBytes(ISO_8859_1)));
      refusesInEachKind("the guest");
    }
    sendingPack(out -> out.write(text.substring(0, text.length() - 30).getBytes(ISO_8859_1)));
    refusesInEachKind("guest");
  }

  static List<Arguments> packs() {
    byte[] zeros = deflated(new byte[80 << 20]);
    return List.of(
        arguments("zeros", object(3, 80 << 20, zeros), "64 MiB"),
        arguments("zeros that deny it", object(3, 10, zeros), "damaged"),
        arguments("declared", object(3, TEN_GB, new byte[0]), "64 MiB"),
        arguments("beyond all numbers", object(3, Long.MAX_VALUE, new byte[0]), "64 MiB"),
        arguments(
            "a delta", object(7, 12, concat(new byte[20], deflated(delta(TEN_GB)))), "64 MiB"),
        arguments("too many", concat(count(2_000_000), new byte[100]), "1,000,000"),
        arguments("shorter", object(3, 100, deflated(new byte[10])), "damaged"),
        arguments("no pack", "PACKxxxxxxxxxxxxxxx".getBytes(UTF_8), "damaged"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("packs")
  void a_pack_that_would_become_huge_never_gets_to_git(String what, byte[] pack, String word) {
    assertThatThrownBy(() -> PackScan.check(new ByteArrayInputStream(pack), Limits.of("64MiB"), 20))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining(word);
  }

  private static byte[] count(int count) {
    return concat(
        "PACK\0\0\0\2".getBytes(ISO_8859_1),
        new byte[] {(byte) (count >> 24), (byte) (count >> 16), (byte) (count >> 8), (byte) count});
  }

  private static byte[] object(int type, long size, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(count(1));
    long rest = size >> 4;
    out.write((int) (type << 4 | (size & 15) | (rest > 0 ? 0x80 : 0)));
    while (rest > 0) {
      out.write((int) ((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0)));
      rest >>= 7;
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** From 1 byte to so many. */
  private static byte[] delta(long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    for (long rest = size; rest > 0; rest >>= 7) {
      out.write((int) ((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0)));
    }
    while (out.size() < 12) {
      out.write(1);
    }
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    try (InputStream both =
        new SequenceInputStream(
            new ByteArrayInputStream(first), new ByteArrayInputStream(second))) {
      return both.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
