package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerTest {
  @TempDir Path root;

  @Test
  void aGuestPowersOff() throws Exception {
    commandLine("console=ttyS0 quiet");
    tool("poweroff");
    tool("reboot");

    new Power(surroundings()).off();

    assertThat(root.resolve("did")).hasContent("poweroff");
  }

  @Test
  void aGuestWhoseVmmEndsWithARestartRestarts() throws Exception {
    commandLine("console=ttyS0 banger.poweroff=reboot pci=off\n");
    tool("poweroff");
    tool("reboot");

    new Power(surroundings()).off();

    assertThat(root.resolve("did")).hasContent("reboot");
  }

  @Test
  void aWordThatOnlyBeginsAlikeMeansNothing() throws Exception {
    commandLine("banger.poweroff=reboots xbanger.poweroff=reboot");
    tool("poweroff");

    new Power(surroundings()).off();

    assertThat(root.resolve("did")).hasContent("poweroff");
  }

  @Test
  void theAgentsOwnToolsHelpAGuestThatHasNone() throws Exception {
    commandLine("banger.poweroff=reboot");
    Path busybox = script(root.resolve("busybox"), "echo busybox $1 >" + root.resolve("did"));

    new Power(new Surroundings(root, busybox.toString())).off();

    assertThat(root.resolve("did")).hasContent("busybox reboot");
  }

  @Test
  void aGuestThatCannotSaysWhy() throws Exception {
    Path busybox = script(root.resolve("busybox"), "echo no such applet; exit 1");

    assertThatThrownBy(() -> new Power(new Surroundings(root, busybox.toString())).off())
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("cannot power off")
        .hasMessageContaining("no such applet");
  }

  private Surroundings surroundings() {
    return new Surroundings(root, root.resolve("busybox").toString());
  }

  private void commandLine(String line) throws Exception {
    Files.writeString(Files.createDirectories(root.resolve("proc")).resolve("cmdline"), line);
  }

  private void tool(String name) throws Exception {
    Path dir = Files.createDirectories(root.resolve("sbin"));
    script(dir.resolve(name), "echo " + name + " >" + root.resolve("did"));
  }

  private static Path script(Path file, String body) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
