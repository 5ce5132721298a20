package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The part of the guest's first script that makes way for early files, run by the real BusyBox on a
 * directory that stands for the guest's root. Whose files are is left out: that takes root.
 */
class EarlyFilesInGuestTest {
  @TempDir Path root;
  private Path home;
  private Path ssh;
  private Path keys;

  @BeforeEach
  void aHome() throws IOException {
    home = Files.createDirectory(root.resolve("root"));
    ssh = home.resolve(".ssh");
    keys = ssh.resolve("authorized_keys");
  }

  private static String script() throws IOException {
    try (InputStream in = InitramfsBuilder.class.getResourceAsStream("initramfs-init.sh")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int start = all.indexOf("prepare_inside='") + "prepare_inside='".length();
      return all.substring(start, all.indexOf("\n'\n", start));
    }
  }

  /** The exit code; what it said is checked to be {@code said}. */
  private int prepare(String said) throws Exception {
    Path busybox = root.resolve("bb");
    Files.writeString(busybox, "#!/bin/sh\n[ \"$1\" = chown ] || exec busybox \"$@\"\n");
    Files.setPosixFilePermissions(busybox, PosixFilePermissions.fromString("rwx------"));
    Process shell =
        new ProcessBuilder(
                "busybox",
                "sh",
                "-c",
                script().replace("bb=/run/banger/agent/bin/busybox", "bb=" + busybox))
            .redirectErrorStream(true)
            .start();
    try (var list = shell.outputWriter(StandardCharsets.UTF_8)) {
      list.write("f 0644 %s/etc/a b \n".formatted(root));
      list.write("d 0700 %s\nf 0600 %s\n".formatted(ssh, keys));
    }
    String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(out.replace(root.toString(), "")).isEqualTo(said);
    return shell.exitValue();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private void theWayIsFree() throws IOException {
    assertThat(Files.isDirectory(ssh, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(mode(ssh)).isEqualTo("rwx------");
    assertThat(Files.isDirectory(keys)).isFalse();
    assertThat(root.resolve("etc")).isDirectory();
  }

  @Test
  void a_new_guest_gets_its_directories() throws Exception {
    assertThat(prepare("")).isZero();

    theWayIsFree();
  }

  @Test
  void a_directory_that_is_there_keeps_what_is_in_it() throws Exception {
    Files.createDirectory(ssh);
    Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(ssh.resolve("config"), "mine");

    assertThat(prepare("")).isZero();

    theWayIsFree();
    assertThat(ssh.resolve("config")).hasContent("mine");
  }

  @Test
  void a_link_is_moved_aside_and_where_it_leads_is_left_alone() throws Exception {
    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.createSymbolicLink(ssh, elsewhere);

    assertThat(prepare("banger: /root/.ssh was in the way and is now /root/.ssh.aside-1\n"))
        .isZero();

    theWayIsFree();
    assertThat(mode(elsewhere)).isEqualTo("rwxr-x--x");
    assertThat(elsewhere).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(home.resolve(".ssh.aside-1"))).isEqualTo(elsewhere);
  }

  @Test
  void a_file_is_moved_to_the_first_name_that_is_free() throws Exception {
    Files.writeString(ssh, "a file");
    Files.createSymbolicLink(home.resolve(".ssh.aside-1"), Path.of("nowhere"));
    Files.createDirectory(home.resolve(".ssh.aside-2"));

    assertThat(prepare("banger: /root/.ssh was in the way and is now /root/.ssh.aside-3\n"))
        .isZero();

    theWayIsFree();
    assertThat(home.resolve(".ssh.aside-3")).hasContent("a file");
  }

  @Test
  void a_directory_in_the_place_of_a_file_is_moved_with_what_is_in_it() throws Exception {
    Files.createDirectories(keys);
    Files.writeString(keys.resolve("kept"), "mine");

    assertThat(
            prepare(
                "banger: /root/.ssh/authorized_keys was in the way and is now"
                    + " /root/.ssh/authorized_keys.aside-1\n"))
        .isZero();

    theWayIsFree();
    assertThat(ssh.resolve("authorized_keys.aside-1/kept")).hasContent("mine");
  }

  @Test
  void a_link_in_the_place_of_a_file_stays_for_the_file_to_replace() throws Exception {
    Path precious = Files.writeString(home.resolve("precious"), "mine");
    Files.createDirectory(ssh);
    Files.createSymbolicLink(keys, precious);

    assertThat(prepare("")).isZero();

    assertThat(precious).hasContent("mine");
    assertThat(Files.isSymbolicLink(keys)).isTrue();
  }

  @Test
  void a_link_that_only_leads_to_a_file_is_gone_through_and_one_to_nowhere_is_not()
      throws Exception {
    Path usr = Files.createDirectory(root.resolve("usr"));
    Files.setPosixFilePermissions(usr, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createSymbolicLink(root.resolve("etc"), usr);

    assertThat(prepare("")).isZero();
    assertThat(Files.isSymbolicLink(root.resolve("etc"))).isTrue();
    assertThat(mode(usr)).isEqualTo("rwx--x--x");

    Files.delete(usr);
    assertThat(prepare("banger: /etc was in the way and is now /etc.aside-1\n")).isZero();
    theWayIsFree();
  }

  @Test
  void a_guest_that_fills_all_names_is_told_and_loses_nothing() throws Exception {
    Files.writeString(ssh, "a file");
    for (int i = 1; i <= 99; i++) {
      Files.writeString(home.resolve(".ssh.aside-" + i), "taken");
    }

    assertThat(prepare("")).isNotZero();

    assertThat(ssh).hasContent("a file");
    assertThat(List.of(home.resolve(".ssh.aside-1"), home.resolve(".ssh.aside-99")))
        .allSatisfy(file -> assertThat(file).hasContent("taken"));
  }
}
