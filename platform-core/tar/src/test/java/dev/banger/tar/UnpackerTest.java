package dev.banger.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.testkit.HostileTar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackerTest {
  @TempDir Path dir;
  private Path target;
  private Path outside;

  @BeforeEach
  void surroundings() throws IOException {
    outside = Files.writeString(dir.resolve("outside"), "untouched");
    target = Files.createDirectory(dir.resolve("in")).resolve("copy");
  }

  private Unpacker unpack(HostileTar tar) throws IOException {
    Unpacker unpacker = new Unpacker(target);
    unpacker.unpack(new ByteArrayInputStream(tar.done()));
    return unpacker;
  }

  /** Everything below the surroundings, with content or link target. */
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (var walk = Files.walk(dir)) {
      for (Path path : walk.toList()) {
        String name = dir.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
          tree.put(name, "-> " + Files.readSymbolicLink(path));
        } else if (Files.isRegularFile(path)) {
          tree.put(name, Files.readString(path));
        }
      }
    }
    return tree;
  }

  @Test
  void theTopEntryBecomesTheTargetWhateverItIsCalled() throws Exception {
    Unpacker unpacker =
        unpack(
            new HostileTar()
                .directory("repo/")
                .file("repo/a", "1")
                .file("repo/sub/deep/b", "22")
                .link("repo/l", "sub/deep/b")
                .link("repo/sub/up", "../a")
                .hardLink("repo/h", "repo/a"));

    assertThat(tree())
        .isEqualTo(
            Map.of(
                "outside", "untouched",
                "in/copy/a", "1",
                "in/copy/sub/deep/b", "22",
                "in/copy/l", "-> sub/deep/b",
                "in/copy/sub/up", "-> ../a",
                "in/copy/h", "1"));
    assertThat(unpacker.remarks()).isEmpty();
    assertThat(unpacker.files()).isEqualTo(5);
    assertThat(unpacker.bytes()).isEqualTo(3);
  }

  @Test
  void aSingleFileBecomesTheTarget() throws Exception {
    unpack(new HostileTar().entry("f", '0', "", "x".getBytes(StandardCharsets.UTF_8), 04755));

    assertThat(target).hasContent("x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rwxr-xr-x");
    assertThat(Files.getLastModifiedTime(target).to(TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void anArchiveOfDotIsTheTargetItself() throws Exception {
    unpack(new HostileTar().directory("./").file("./a", "1").file("b", "2"));

    assertThat(tree()).containsEntry("in/copy/a", "1").containsEntry("in/copy/b", "2");
  }

  static List<Arguments> hostile() {
    return List.of(
        Arguments.of("absolute", new HostileTar().file("/etc/evil", "x"), "absolute name"),
        Arguments.of(
            "up", new HostileTar().directory("r").file("r/../../outside", "x"), "leads upwards"),
        Arguments.of("up at once", new HostileTar().file("../outside", "x"), "leads upwards"),
        Arguments.of(
            "hidden up", new HostileTar().directory("r").file("r/./a/..//x", "x"), "leads upwards"),
        Arguments.of(
            "beside", new HostileTar().directory("r").file("other", "x"), "an entry beside"),
        Arguments.of(
            "inside a file", new HostileTar().file("r", "x").file("r/a", "x"), "inside a file"),
        Arguments.of(
            "through its own link",
            new HostileTar().directory("r").link("r/l", "../..").file("r/l/outside", "x"),
            "below a link"),
        Arguments.of(
            "folder over its own link",
            new HostileTar().directory("r").link("r/l", "sub").directory("r/l"),
            "below a link"),
        Arguments.of(
            "pax name",
            new HostileTar().directory("r").pax("path", "../outside").file("r/a", "x"),
            "leads upwards"),
        Arguments.of(
            "GNU long name",
            new HostileTar().directory("r").longName("/outside").file("r/a", "x"),
            "absolute name"),
        Arguments.of(
            "hard link up",
            new HostileTar().directory("r").hardLink("r/h", "../outside"),
            "leads upwards"),
        Arguments.of(
            "no name", new HostileTar().directory("r").file("", "x"), "without a usable name"),
        Arguments.of("empty", new HostileTar(), "empty"),
        Arguments.of(
            "negative pax size",
            new HostileTar().pax("size", "-5").file("r", "x"),
            "a number that is none"),
        Arguments.of(
            "endless pax",
            new HostileTar()
                .entry("p", 'x', "", "99999 path=a\n".getBytes(StandardCharsets.UTF_8), 0)
                .file("r", "x"),
            "damaged pax"),
        Arguments.of(
            "deep",
            new HostileTar().longName("a/".repeat(600) + "b").file("a", "x"),
            "more than 512 parts"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void aHostileArchiveIsRefusedAndNothingOutsideIsTouched(String name, HostileTar tar, String said)
      throws Exception {
    assertThatThrownBy(() -> unpack(tar))
        .isInstanceOf(TarException.class)
        .hasMessageContaining(said);

    assertThat(tree()).containsEntry("outside", "untouched");
    assertThat(tree().keySet())
        .allMatch(path -> path.equals("outside") || path.startsWith("in/copy"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../../outside",
        "../outside",
        "..",
        "sub/../../../outside",
        "sub/../a",
        "./../../x",
      })
  void aLinkThatLeadsOutIsLeftOutAndTold(String to) throws Exception {
    Unpacker unpacker = unpack(new HostileTar().directory("r").file("r/a", "1").link("r/l", to));

    assertThat(tree()).isEqualTo(Map.of("outside", "untouched", "in/copy/a", "1"));
    assertThat(unpacker.remarks()).hasSize(1);
    assertThat(unpacker.remarks().get(0)).contains("copy/l").contains("link out of the copy");
  }

  @Test
  void linksMayNotChainTheirWayOut() throws Exception {
    unpack(
        new HostileTar()
            .directory("r")
            .directory("r/a")
            .link("r/a/up", "..")
            .link("r/b", "a/up/../../outside")
            .link("r/c", "a/up"));

    assertThat(tree()).doesNotContainKey("in/copy/b").containsEntry("in/copy/c", "-> a/up");
    assertThat(target.resolve("c").toRealPath()).isEqualTo(target.toRealPath());
  }

  @Test
  void devicesAndPipesAreLeftOut() throws Exception {
    Unpacker unpacker =
        unpack(
            new HostileTar()
                .directory("r")
                .entry("r/null", '3', "", new byte[0], 0666)
                .entry("r/sda", '4', "", new byte[0], 0666)
                .entry("r/fifo", '6', "", new byte[0], 0666)
                .file("r/a", "1"));

    assertThat(tree()).containsOnlyKeys("outside", "in/copy/a");
    assertThat(unpacker.remarks()).hasSize(3);
  }

  @Test
  void manyRemarksAreCounted() throws Exception {
    HostileTar tar = new HostileTar().directory("r");
    for (int i = 0; i < 50; i++) {
      tar.link("r/l" + i, "/");
    }

    assertThat(unpack(tar).remarks()).hasSize(21).last().isEqualTo("and 30 more left out");
  }

  @Test
  void aHardLinkToWhatTheArchiveDoesNotHoldIsLeftOut() throws Exception {
    Files.createDirectory(target);
    Files.writeString(target.resolve("mine"), "private");

    Unpacker unpacker =
        unpack(new HostileTar().directory("r").hardLink("r/h", "r/mine").file("r/h2", "x"));

    assertThat(target.resolve("h")).doesNotExist();
    assertThat(unpacker.remarks()).hasSize(1);
  }

  @Test
  void noLinkThatWasThereBeforeIsFollowed() throws Exception {
    Files.createDirectory(target);
    Files.createSymbolicLink(target.resolve("folder"), dir);
    Files.createSymbolicLink(target.resolve("file"), outside);

    assertThatThrownBy(() -> unpack(new HostileTar().directory("r").file("r/folder/outside", "x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no folder");
    assertThatThrownBy(() -> unpack(new HostileTar().directory("r").file("r/file", "x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a link is in the way");
    assertThat(outside).hasContent("untouched");
  }

  @Test
  void aFileReplacesAFileAndAHardLinkDoesNotWriteThrough() throws Exception {
    Files.createDirectory(target);
    Files.writeString(target.resolve("a"), "old and longer");

    unpack(
        new HostileTar().directory("r").file("r/a", "1").hardLink("r/b", "r/a").file("r/b", "2"));

    assertThat(target.resolve("a")).hasContent("1");
    assertThat(target.resolve("b")).hasContent("2");
  }

  @Test
  void aFolderWithoutWritePermissionIsFilledAndThenStaysTheOwners() throws Exception {
    unpack(new HostileTar().entry("r/", '5', "", new byte[0], 0555).file("r/a", "1"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void tornAndForeignArchivesAreToldAsSuch() {
    byte[] torn = new HostileTar().directory("r").file("r/a", "x".repeat(2000)).torn();
    for (int length : new int[] {100, 700, 1300, torn.length}) {
      assertThatThrownBy(
              () ->
                  new Unpacker(target)
                      .unpack(new ByteArrayInputStream(Arrays.copyOf(torn, length))))
          .as("cut at %d", length)
          .isInstanceOf(EOFException.class);
    }
    byte[] noise = new byte[4096];
    Arrays.fill(noise, (byte) 'x');
    assertThatThrownBy(() -> new Unpacker(target).unpack(new ByteArrayInputStream(noise)))
        .isInstanceOf(TarException.class);
  }

  @Test
  void anAbsurdNameLengthAllocatesNothing() {
    byte[] archive = new HostileTar().entry("r", 'L', "", new byte[0], 0).torn();
    byte[] size = "77777777777".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, archive, 124, size.length);
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : archive[i] & 0xff;
    }
    byte[] digits = "%06o".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, archive, 148, 6);

    assertThatThrownBy(() -> new TarReader(new ByteArrayInputStream(archive)).next())
        .isInstanceOf(TarException.class)
        .hasMessageContaining("at most 65536 allowed");
  }

  @Test
  void whatIsPackedHereIsWhatTarUnpacksAndWhatWeUnpack() throws Exception {
    Path source = Files.createDirectories(dir.resolve("source"));
    String longName = "n".repeat(120) + "ä";
    Files.createDirectories(source.resolve(longName));
    Files.writeString(source.resolve(longName).resolve("deep"), "deep");
    Files.writeString(source.resolve("script"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        source.resolve("script"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.createSymbolicLink(source.resolve("link"), Path.of("script"));
    Files.write(source.resolve("large"), new byte[70_000]);
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    Packer packer = new Packer(archive);

    packer.pack(source, "source");

    assertThat(packer.files()).isEqualTo(4);
    Path listing = dir.resolve("a.tar");
    Files.write(listing, archive.toByteArray());
    Path byTar = Files.createDirectory(dir.resolve("byTar"));
    for (String tool : List.of("tar", "busybox tar")) {
      Process process =
          new ProcessBuilder("sh", "-c", tool + " -x -f " + listing + " -C " + byTar)
              .inheritIO()
              .start();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(byTar.resolve("source").resolve(longName).resolve("deep")).hasContent("deep");
      assertThat(Files.readSymbolicLink(byTar.resolve("source/link"))).isEqualTo(Path.of("script"));
    }
    new Unpacker(target).unpack(new ByteArrayInputStream(archive.toByteArray()));
    assertThat(target.resolve(longName).resolve("deep")).hasContent("deep");
    assertThat(target.resolve("large")).hasSize(70_000);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("script"))))
        .isEqualTo("rwxr-x---");
  }

  @Test
  void whatTarPacksIsUnderstood() throws Exception {
    Path source =
        Files.createDirectories(dir.resolve("source/" + "d".repeat(60) + "/" + "e".repeat(60)));
    Files.writeString(source.resolve("f".repeat(90)), "x");
    for (String format : List.of("gnu", "pax", "ustar", "busybox")) {
      String command =
          format.equals("busybox")
              ? "busybox tar -c -f - -C " + dir + " source"
              : "tar --format=" + format + " -c -f - -C " + dir + " source";
      Process process = new ProcessBuilder("sh", "-c", command + " 2>/dev/null").start();
      byte[] archive = process.getInputStream().readAllBytes();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      Path copy = dir.resolve("copy-" + format);
      new Unpacker(copy).unpack(new ByteArrayInputStream(archive));
      assertThat(copy.resolve("d".repeat(60)).resolve("e".repeat(60)).resolve("f".repeat(90)))
          .as(format)
          .hasContent("x");
    }
  }
}
