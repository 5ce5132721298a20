package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.tar.TarEntry;
import dev.banger.tar.TarReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorBundleTest extends CliTestBase {
  private Path file;

  @BeforeEach
  void answers() throws IOException {
    file = home.resolve("report.tar.gz");
    Path bangerd = Files.writeString(home.resolve("bangerd"), "#!/bin/sh\necho all is fine\n");
    Files.setPosixFilePermissions(bangerd, PosixFilePermissions.fromString("rwx------"));
    cli.env("BANGER_DAEMON_BIN", bangerd.toString());
    Path log = Files.createDirectories(home.resolve("state")).resolve("daemon.log");
    Files.writeString(log, "started\nlogin with token=abcdef failed\n");
    daemon.answer(
        "doctor.run", "[{'id':'qemu','source':'core','status':'ok','summary':'7.2','remedy':''}]");
    daemon.answer("daemon.status", "{'running':true}");
    daemon.answer(
        "config.show",
        "{'file':'f','values':[{'key':'plugins.team.token','value':'abcdef','source':'f'}]}");
    daemon.answer("vm.show", shown(VM));
    daemon.answer("op.list", "[]");
    daemon.answer("plugin.list", "[]");
  }

  @Test
  void holdsWhatAReportNeedsAndNoSecret() throws Exception {
    Cli.Ran ran = cli.run("doctor", "--bundle", "--to", file.toString());

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo(file + "\n");
    assertThat(ran.err()).contains("10 files").contains("tar xzf report.tar.gz");
    Map<String, String> files = unpacked();
    assertThat(files.keySet())
        .containsExactlyInAnyOrder(
            "README.txt",
            "versions.json",
            "config.txt",
            "daemon.log",
            "doctor.json",
            "status.json",
            "config.json",
            "vms.json",
            "operations.json",
            "plugins.json");
    assertThat(files.get("config.txt")).isEqualTo("all is fine\n");
    assertThat(files.get("vms.json")).startsWith("[{\"id\":\"" + ID);
    assertThat(files.get("daemon.log")).isEqualTo("started\nlogin with token=(removed) failed\n");
    assertThat(files.values()).noneMatch(content -> content.contains("abcdef"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void tellsWhichPartsCouldNotBeHadAndWritesTheOthers() throws Exception {
    daemon.fail("op.list", "internal", "the table is damaged", "");

    Cli.Ran ran = cli.run("doctor", "--bundle", "--to", file.toString());

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).contains("warning: operations.json: the table is damaged");
    assertThat(unpacked())
        .doesNotContainKey("operations.json")
        .containsEntry("problems.txt", "operations.json: the table is damaged\n")
        .containsKey("plugins.json");
  }

  @Test
  void isThereAlsoWhenTheDaemonCannotBeStarted() throws Exception {
    daemon.close();
    Files.deleteIfExists(home.resolve("run/d.sock"));

    Cli.Ran ran = cli.run("doctor", "--bundle", "--to", file.toString(), "-o", "json");

    assertThat(ran.code()).isZero();
    assertThat(ran.json().get("problems").texts()).hasSize(1);
    assertThat(unpacked()).containsKeys("versions.json", "config.txt", "problems.txt");
  }

  @Test
  void overwritesNothing() throws Exception {
    Files.writeString(file, "mine");

    Cli.Ran ran = cli.run("doctor", "--bundle", "--to", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("is there already").contains("--to");
    assertThat(file).hasContent("mine");
    assertThat(cli.run("doctor", "--bundle", "--to", home + "/none/r.tgz").err())
        .contains("mkdir -p " + home + "/none");
    assertThat(cli.run("doctor", "--to", file.toString()).code()).isEqualTo(2);
    assertThat(cli.run("doctor", "--bundle", "--fix").code()).isEqualTo(2);
  }

  private Map<String, String> unpacked() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      TarReader tar = new TarReader(in);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.type() == TarEntry.FILE) {
          String name = entry.name().substring(entry.name().indexOf('/') + 1);
          ByteArrayOutputStream content = new ByteArrayOutputStream();
          tar.copyContent(content);
          files.put(name, content.toString(StandardCharsets.UTF_8));
        }
      }
    }
    return files;
  }
}
