package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Files of the host in a real guest, whose BusyBox does what the plugin counts on. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FileSyncIT {
  private static final int MANY = 300;

  private static BangerHome home;
  private static Path host;

  @BeforeAll
  static void createTheVm() throws IOException {
    home = BangerHome.with("tiny");
    host = Files.createDirectories(home.dir().resolve("mine/many")).getParent();
    for (int i = 0; i < MANY; i++) {
      Files.writeString(host.resolve("many/f" + i), "file " + i);
    }
    Files.createDirectories(host.resolve("aws"));
    Files.writeString(host.resolve("aws/credentials"), "hunter2");
    Files.createSymbolicLink(host.resolve("aws/link"), Path.of("credentials"));
    Files.writeString(host.resolve("tool"), "#!/bin/sh\necho tool\n");
  }

  @AfterAll
  static void leaveNothing() {
    home.close();
  }

  private static void configure(String text) throws IOException {
    Files.createDirectories(home.config().getParent());
    Files.writeString(home.config(), text);
  }

  private static String entry(String from, String to) {
    return "[[file_sync]]\nhost = \"%s\"\nguest = \"%s\"\n".formatted(host.resolve(from), to);
  }

  private static String guest(String script) {
    return home.ok("vm", "exec", "web", "--", "sh", "-c", script).out();
  }

  @Test
  @Order(1)
  void aBadEntryIsToldByTheCheckAndNoVmStartsUntilItIsMended() throws Exception {
    configure(entry("aws", "~/.aws") + entry("tool", "/etc/tool") + "[plugins.dns]\nzne = \"x\"\n");

    assertThat(home.run("config", "check").exited(1).out())
        .contains(
            "line 4, column 1: file_sync[1]: guest must be under ~/ or /root/, got \"/etc/tool\"")
        .contains("line 7, column 1: [plugins.dns] zne is unknown; did you mean zone?");
    configure(entry("aws", "~/.aws") + entry("tool", "/etc/tool"));
    Ran refused = home.run("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");
    assertThat(refused.exited(1).err())
        .contains("file_sync[1]: guest must be under ~/ or /root/")
        .contains("banger plugin reload file-sync");
  }

  @Test
  @Order(2)
  void filesAreThereWhenTheVmIsReady() throws Exception {
    configure(
        entry("aws", "~/.aws")
            + entry("many", "~/many")
            + entry("tool", "~/bin/tool")
            + "mode = \"0755\"\n"
            + entry("missing", "~/missing"));
    home.ok("config", "check");
    home.ok("plugin", "reload", "file-sync");

    Ran created = home.ok("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");

    assertThat(created.err())
        .contains("mine/missing does not exist")
        .contains("303 files, 1 skipped");
    assertThat(
            guest(
                "stat -c '%a %u:%g %n' /root /root/bin /root/.aws/credentials; readlink /root/.aws/link;"
                    + " /root/bin/tool; cat /root/.aws/credentials; ls /root/many | wc -l"))
        .isEqualTo(
            "755 0:0 /root\n755 0:0 /root/bin\n%s 0:0 /root/.aws/credentials\ncredentials\ntool\nhunter2%d\n"
                .formatted(mode(host.resolve("aws/credentials")), MANY));
  }

  private static String mode(Path file) throws IOException {
    return Integer.toOctalString((int) Files.getAttribute(file, "unix:mode") & 07777);
  }

  @Test
  @Order(3)
  void atTheNextStartOnlyWhatDiffersIsSent() throws Exception {
    guest("chmod 777 /root/bin/tool; rm /root/many/f7; echo changed > /root/many/f8; sync");

    assertThat(home.ok("vm", "restart", "web").err())
        .contains("303 files, 300 unchanged, 1 skipped");

    assertThat(guest("stat -c %a /root/bin/tool; cat /root/many/f7 /root/many/f8"))
        .isEqualTo("755\nfile 7file 8");
  }

  @Test
  @Order(4)
  void aRunningVmIsBroughtUpToDate() throws Exception {
    Files.writeString(host.resolve("many/f1"), "now longer");

    JsonNode first = home.ok("vm", "sync", "web", "-o", "json").json();
    JsonNode second = home.ok("vm", "sync", "web", "-o", "json").json();

    assertThat(first.path("unchanged").asInt()).isEqualTo(302);
    assertThat(first.path("bytes").asInt()).isEqualTo(10);
    assertThat(second.path("unchanged").asInt()).isEqualTo(303);
    assertThat(guest("cat /root/many/f1")).isEqualTo("now longer");
  }

  @Test
  @Order(5)
  void nothingOutsideOfTheHomeIsWrittenThroughALinkOfTheGuest() {
    guest("rm -r /root/.aws; ln -s /etc /root/.aws; sync");

    assertThat(home.run("vm", "sync", "web").exited(1).err())
        .contains("VM web has a link at ~/.aws, where file_sync[0] needs a directory");

    assertThat(
            guest(
                "ls -d /etc/credentials /root/.banger-sync* 2>/dev/null; rm /root/.aws; echo end"))
        .isEqualTo("end\n");
    home.ok("vm", "sync", "web");
  }

  @Test
  @Order(6)
  void contentsAreInNoLogAndNoTrace() throws Exception {
    assertThat(home.ok("plugin", "trace", "--vm", "web", "-o", "json").out())
        .doesNotContain("hunter2");
    assertThat(Files.readString(home.dir().resolve("state/daemon.log"))).doesNotContain("hunter2");
  }
}
