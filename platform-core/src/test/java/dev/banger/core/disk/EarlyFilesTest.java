package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyFilesTest {
  @Test
  void parentsComeFirstAndAreRootsWithMode755UnlessGiven() throws Exception {
    List<EarlyFile> files =
        List.of(
            file("/root/.ssh/authorized_keys", 0600),
            EarlyFile.directory("/root/.ssh", 0700),
            file("/etc/hostname", 0644));

    assertThat(names(files))
        .containsExactly(
            "drwxr-xr-x seed",
            "drwxr-xr-x seed/etc",
            "-rw-r--r-- seed/etc/hostname",
            "drwxr-xr-x seed/root",
            "drwx------ seed/root/.ssh",
            "-rw------- seed/root/.ssh/authorized_keys",
            "-rw------- seed.list");
  }

  @Test
  void whatIsMeantIsListedWithoutTheDirectoriesThatOnlyLeadThere() throws Exception {
    assertThat(
            archive(
                List.of(
                    file("/root/.ssh/a b ", 0600),
                    EarlyFile.directory("/root/.ssh", 0700),
                    file("/etc/hostname", 0644))))
        .contains("f 0644 /etc/hostname\nd 0700 /root/.ssh\nf 0600 /root/.ssh/a b \n");
  }

  @Test
  void aDirectoryComesBeforeItsContentAlsoWhenAnotherNameSortsBetweenThem() throws Exception {
    assertThat(names(List.of(file("/a/b", 0644), file("/a.b", 0644), file("/a-b", 0644))))
        .containsSubsequence("drwxr-xr-x seed/a", "-rw-r--r-- seed/a/b");
  }

  @Test
  void noFilesWriteNothing() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EarlyFiles(List.of()).writeTo(out);
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "etc/passwd",
        "/etc/../passwd",
        "/..",
        "/etc//passwd",
        "/etc/",
        "/./x",
        "/etc/a\nb",
        "/etc/a\u0000b",
        "/etc/\u001b[2J",
        "/etc/\u0085"
      })
  void pathsThatCouldMeanSomethingElseAreRefused(String path) {
    assertRefused(List.of(file(path, 0600)));
  }

  @Test
  void namesLongerThanTheGuestsFileSystemAllowsAreRefused() {
    assertRefused(List.of(file("/" + "x".repeat(256), 0600)));
    assertRefused(List.of(file("/" + "é".repeat(128), 0600)));
    assertRefused(List.of(file("/" + "xxxxxxx/".repeat(200) + "x", 0600)));
  }

  @Test
  void modesWithMoreThanPermissionBitsAreRefused() {
    assertRefused(List.of(file("/x", 0100644)));
    assertRefused(List.of(file("/x", -1)));
  }

  @Test
  void onePathIsGivenOnce() {
    assertRefused(List.of(file("/x", 0600), EarlyFile.directory("/x", 0700)));
  }

  @Test
  void aFileCannotHoldOthers() {
    assertRefused(List.of(file("/x", 0600), file("/x/y", 0600)));
  }

  @Test
  void aRefusalNamesThePathWithoutItsControlCharacters() {
    assertThatThrownBy(() -> new EarlyFiles(List.of(file("/a\u001b[2Jb", 0600))))
        .hasMessageContaining("\\u001b[2Jb")
        .hasMessageNotContaining("\u001b");
  }

  @Test
  void moreThanTheGuestsMemoryShouldHoldIsRefused() {
    byte[] large = new byte[17 << 20];
    assertRefused(List.of(new EarlyFile("/a", 0600, large), new EarlyFile("/b", 0600, large)));
  }

  private static void assertRefused(List<EarlyFile> files) {
    assertThatThrownBy(() -> new EarlyFiles(files))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }

  private static EarlyFile file(String path, int mode) {
    return new EarlyFile(path, mode, "content".getBytes(StandardCharsets.UTF_8));
  }

  private static String archive(List<EarlyFile> files) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EarlyFiles(files).writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<String> names(List<EarlyFile> files) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EarlyFiles(files).writeTo(out);
    return new ProcessCommands()
        .check(
            Commands.Call.of(Duration.ofSeconds(20), "cpio", "--quiet", "-tv")
                .withStdin(new ByteArrayInputStream(out.toByteArray())))
        .stdout()
        .lines()
        .map(line -> line.substring(0, 10) + line.substring(line.lastIndexOf(' ')))
        .toList();
  }
}
