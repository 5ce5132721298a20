package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.Ext4;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyTreeTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path dir;
  private final Commands host = new ProcessCommands();
  private Path tree;
  private Path image;

  @BeforeEach
  void aTree() throws Exception {
    tree = Files.createDirectory(dir.resolve("tree"));
    image = dir.resolve("rootfs.img");
    TinyTree.write(
        tree,
        TinyElf.linkedStatically(dir.resolve("busybox")),
        List.of("bin/sh", "bin/busybox", "sbin/init", "usr/bin/[", "usr/bin/[["));
  }

  /** The temporary directory is not fond of absolute links. */
  @AfterEach
  void noTree() throws Exception {
    new TreeRemover(host).remove(tree);
  }

  @Test
  void scriptsAreValidShell() throws Exception {
    for (String script : List.of("etc/init.d/rcS", "etc/init.d/rcK", "etc/acpi/PWRF/00000080")) {
      assertThat(tree.resolve(script)).isExecutable();
      host.check(Commands.Call.of(LIMIT, "sh", "-n", tree.resolve(script).toString()));
    }
    assertThat(tree.resolve("etc/init.d/rcS"))
        .as("/run holds the agent when init starts")
        .content()
        .doesNotContain(" /run\n");
  }

  @Test
  void appletsLeadToBusyboxWhichIsNoLinkItself() {
    assertThat(tree.resolve("sbin/init")).isSymbolicLink();
    assertThat(tree.resolve("bin/busybox")).isRegularFile().isExecutable();
    assertThat(Files.isSymbolicLink(tree.resolve("bin/busybox"))).isFalse();
  }

  @Test
  void inTheImageEverythingIsRootsAlsoLinksAndOddNames() throws Exception {
    strangersOwn();
    makeImage();
    new RootOwner(host).apply(image, tree);

    for (String path : List.of("/etc/shadow", "/sbin/init", "/usr/bin/[", "/usr/bin/[[", "/root")) {
      assertThat(stat(path)).containsPattern("User: +0 +Group: +0 ");
    }
    assertThat(stat("/etc/shadow")).containsPattern("Mode: +0600");
    assertThat(stat("/tmp")).containsPattern("Mode: +01777");
    assertThat(stat("/sbin/init")).contains("Type: symlink");
    host.check(Commands.Call.of(LIMIT, "e2fsck", "-fn", image.toString()));
  }

  @Test
  void aFileThatIsNotInTheImageIsNotPassedOver() throws Exception {
    makeImage();
    Files.writeString(tree.resolve("etc/late"), "came too late");
    assertThatThrownBy(() -> new RootOwner(host).apply(image, tree))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("debugfs");
  }

  /** As root, tests would otherwise see nothing change. */
  private void strangersOwn() throws Exception {
    if (HostUser.isRoot()) {
      host.check(
          Commands.Call.of(LIMIT, "chown", "-R", "--no-dereference", "12345:54321", tree + "/etc"));
    }
  }

  private void makeImage() throws InterruptedException {
    host.check(Commands.Call.of(LIMIT, Ext4.command(image, 64, "test", Optional.of(tree))));
  }

  private String stat(String path) throws InterruptedException {
    return host.check(
            Commands.Call.of(LIMIT, "debugfs", "-R", "stat \"" + path + "\"", image.toString()))
        .stdout();
  }
}
