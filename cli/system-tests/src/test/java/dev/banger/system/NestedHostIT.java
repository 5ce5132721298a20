package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Banger in a guest of banger: an emulated processor has virtualisation of its own, so in there KVM
 * works, and with it vsocks and device mapper, whatever the host of the tests has. It takes
 * minutes, so it is run by {@code ./check --nested} only.
 */
@Tag("nested")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NestedHostIT {
  private static final Duration PATIENCE = Duration.ofMinutes(12);

  /** The probe, the boot and the agent's start are all emulated. */
  private static final String CONFIG =
      """
      image = "tiny"
      driver = "qemu"
      accel = "kvm"
      start_timeout = "600s"
      stop_grace = "120s"
      [vm]
      cpus = 1
      memory = "256MiB"
      root_disk = "dm-snapshot"
      """;

  private static BangerHome home;

  @BeforeAll
  static void open() throws Exception {
    home = BangerHome.with("tiny", "debian-kvm");
    home.ok("vm", "create", "host", "--image", "debian-kvm", "--cpus", "2", "--memory", "4GiB");
    Path config = Files.writeString(home.dir().resolve("nested.toml"), CONFIG);
    Path parts = home.dir().resolve("parts.tar");
    pack(parts);
    home.ok("vm", "cp", parts.toString(), "host:/root/parts.tar");
    home.ok("vm", "cp", config.toString(), "host:/root/config.toml");
    host(
        "cd /root && umask 077 && mkdir -p bgr/config bgr/data/images dist"
            + " && tar -xSf parts.tar -C dist && rm parts.tar"
            + " && mv dist/tiny bgr/data/images/ && mv config.toml bgr/config/"
            + " && { modprobe kvm_amd || modprobe kvm_intel; }"
            + " && modprobe vhost_vsock && modprobe dm_snapshot && modprobe loop");
  }

  /** The distribution and an image, with their holes: a root disk is mostly one. */
  private static void pack(Path target) throws IOException, InterruptedException {
    Path dist = Path.of(System.getProperty("banger.dist")).resolve("current").toRealPath();
    List<String> command = new ArrayList<>(List.of("tar", "-S", "-cf", target.toString()));
    command.addAll(List.of("-C", dist.toString(), "bin", "complete", "lib", "plugins", "runtime"));
    command.addAll(List.of("-C", home.images().toString(), "tiny"));
    Process tar = new ProcessBuilder(command).inheritIO().start();
    assertThat(tar.waitFor()).as("%s", command).isZero();
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static String host(String script) {
    return home.banger("vm", "exec", "host", "--", "sh", "-c", script)
        .within(PATIENCE)
        .run()
        .ok()
        .out();
  }

  /** A run of the banger in there. */
  private static Ran nested(String... arguments) {
    List<String> words =
        new ArrayList<>(List.of("vm", "exec", "host", "--", "env", "BANGER_HOME=/root/bgr"));
    words.addAll(List.of("BANGER_NETWORK_MODE=user", "/root/dist/bin/banger"));
    words.addAll(List.of(arguments));
    return home.banger(words.toArray(String[]::new)).within(PATIENCE).run();
  }

  @Test
  @Order(1)
  void aVmRunsUnderKvmOnASnapshot() {
    nested("vm", "create", "small").ok();

    assertThat(nested("vm", "exec", "small", "--", "echo", "hello").ok().out())
        .isEqualTo("hello\n");
    JsonNode vm = nested("vm", "show", "small", "-o", "json").ok().json();
    assertThat(vm.findValue("accel").asText()).isEqualTo("kvm");
    assertThat(vm.findValue("rootDisk").path("kind").asText()).isEqualTo("dm-snapshot");
    assertThat(nested("doctor").out()).containsPattern("ok +kvm .*agents are reached by vsock");
  }

  @Test
  @Order(2)
  void itsAgentIsReachedByAVsockThatUsersOfTheHostCannotUse() {
    assertThat(host("tr '\\0' ' ' </proc/$(pgrep -f '[v]host-vsock-device')/cmdline"))
        .contains("vhost-vsock-device,", "banger.vsock=reserved")
        .doesNotContain("virtserialport");
  }

  @Test
  @Order(3)
  void bytesPassUnchanged() throws Exception {
    host("head -c 10000000 /dev/urandom >/root/blob");

    nested("vm", "cp", "/root/blob", "small:/root/blob").ok();
    nested("vm", "cp", "small:/root/blob", "/root/back").ok();

    host("cmp /root/blob /root/back");
  }

  @Test
  @Order(4)
  void aNewDaemonTakesTheVmOver() {
    long vmm = pid(nested("vm", "show", "small", "-o", "json"));
    nested("vm", "exec", "small", "--", "sh", "-c", "echo kept >/etc/note; sync").ok();

    host("kill -9 " + pid(nested("daemon", "status", "-o", "json")));

    assertThat(nested("vm", "exec", "small", "--", "cat", "/etc/note").ok().out())
        .isEqualTo("kept\n");
    assertThat(pid(nested("vm", "show", "small", "-o", "json"))).isEqualTo(vmm);
  }

  private static long pid(Ran ran) {
    return ran.ok().json().findValue("pid").asLong();
  }

  @Test
  @Order(5)
  void aStoppedVmHoldsNoDevice() {
    assertThat(host("dmsetup ls --target snapshot")).contains("banger-");

    nested("vm", "stop", "small").ok();

    assertThat(host("dmsetup ls; losetup --list --noheadings")).isEqualTo("No devices found\n");
  }

  @Test
  @Order(6)
  void nothingIsLeftInTheEnd() {
    nested("vm", "delete", "small").ok();
    nested("daemon", "stop").ok();

    assertThat(host("dmsetup ls; losetup --list --noheadings")).isEqualTo("No devices found\n");
    assertThat(host("ls /root/bgr/data/vms; find /root/bgr -type s")).isEmpty();
    assertThat(host("ls -l /proc/[0-9]*/exe 2>/dev/null | grep -E 'qemu|/root/dist' || true"))
        .isEmpty();
  }
}
