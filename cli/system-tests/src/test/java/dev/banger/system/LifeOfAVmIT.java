package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One VM from its creation to its end, as a person and as a program see it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LifeOfAVmIT {
  private static BangerHome home;

  @BeforeAll
  static void createTheVm() throws IOException {
    home = BangerHome.with("tiny");
    Files.createDirectories(home.config().getParent());
    Files.writeString(home.config(), "[vm]\nroot_disk = \"copy\"\ndisk = \"9GiB\"\n");
    List<JsonNode> lines =
        home.ok(
                "vm",
                "create",
                "web",
                "--image",
                "tiny",
                "--memory",
                "256MiB",
                "--work-disk",
                "160MiB",
                "-o",
                "json")
            .jsonLines();
    assertThat(lines.stream().map(line -> line.path("stage").asText()).toList())
        .contains("prepare_disks", "boot_vmm", "wait_guest_agent", "ready");
    assertThat(lines.getLast().path("result").path("state").asText()).isEqualTo("running");
  }

  @AfterAll
  static void leaveNothing() {
    home.close();
  }

  @Test
  @Order(1)
  void listTellsWhatTheContractPromises() {
    JsonNode vm = home.ok("vm", "list", "-o", "json").json().get(0);

    for (String field :
        List.of(
            "id",
            "name",
            "state",
            "image",
            "cpus",
            "memoryMiB",
            "diskMiB",
            "workDiskMiB",
            "nat",
            "driver",
            "accel",
            "ip",
            "dnsName",
            "createdAt",
            "startedAt",
            "degraded",
            "pending",
            "labels")) {
      assertThat(vm.has(field)).as(field).isTrue();
    }
    assertThat(vm.path("state").asText()).isEqualTo("running");
    assertThat(vm.path("ip").asText()).startsWith("127.77.");
    assertThat(vm.path("memoryMiB").asInt()).isEqualTo(256);
    assertThat(home.ok("vm", "list").out()).contains("web", "running", "tiny");
  }

  @Test
  @Order(1)
  void theRootDiskIsMadeAsConfiguredAndAsLargeAsWasAskedFor() throws IOException {
    JsonNode vm = home.ok("vm", "show", "web", "-o", "json").json();
    Path disk = Path.of(vm.path("rootDisk").path("path").asText());

    assertThat(vm.path("rootDisk").path("kind").asText()).isEqualTo("copy");
    assertThat(vm.path("paths").path("rootDisk").asText()).isEqualTo(disk.toString());
    assertThat(Files.size(disk)).isEqualTo(9L << 30);
    assertThat(vm.path("rootDisk").path("usedBytes").asLong()).isBetween(1L << 20, 1L << 30);
    assertThat(home.ok("vm", "show", "web").out()).containsPattern("rootDisk +copy, \\d+ MiB");
    assertThat(home.ok("vm", "exec", "web", "--", "cat", "/sys/block/vda/size").out())
        .isEqualTo((9L << 30) / 512 + "\n");
    home.ok("vm", "exec", "web", "--", "sh", "-c", "echo kept > /etc/marker && sync");
    assertThat(home.run("doctor", "-o", "json").out())
        .contains("copy for qemu (vm.root_disk = copy); reflink: ");
  }

  @Test
  @Order(1)
  void execKeepsTheStreamsApartAndPassesTheExitCode() {
    Ran ran = home.run("vm", "exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 7");

    ran.exited(7);
    assertThat(ran.out()).isEqualTo("out\n");
    assertThat(ran.err()).isEqualTo("err\n");
  }

  @Test
  @Order(1)
  void namesBeyondAsciiArriveWhereTheHostHasNoLocaleAndTheGuestNeither() throws Exception {
    Ran said = home.banger("vm", "exec", "web", "--", "echo", "grüße").with("LC_ALL", "C").run();
    assertThat(said.ok().out()).isEqualTo("grüße\n");

    Path file = Files.writeString(home.dir().resolve("tür"), "auf");
    home.banger("vm", "cp", file.toString(), "web:/tmp/öffnung").with("LC_ALL", "C").run().ok();
    assertThat(home.ok("vm", "exec", "web", "--", "cat", "/tmp/öffnung").out()).isEqualTo("auf");
  }

  @Test
  @Order(1)
  void execFeedsStandardInput() {
    Ran ran =
        home.banger("vm", "exec", "web", "-i", "--", "tr", "a-z", "A-Z").input("hello\n").run();

    assertThat(ran.ok().out()).isEqualTo("HELLO\n");
  }

  @Test
  @Order(1)
  void execWithoutInputDoesNotWaitForSome() {
    assertThat(home.ok("vm", "exec", "web", "--", "cat").out()).isEmpty();
  }

  @Test
  @Order(1)
  void execTellsWhatCannotRun() {
    home.run("vm", "exec", "web", "--", "no-such-command").exited(127);
    home.run("vm", "exec", "web", "--", "/etc/passwd").exited(126);
    home.run("vm", "exec", "web", "--", "/etc").exited(126);
    home.run("vm", "exec", "web", "--cwd", "/no/such/dir", "--", "true").exited(125);
    home.run("vm", "exec", "nobody", "--", "true").exited(125);
  }

  @Test
  @Order(1)
  void execTakesDirectoryAndEnvironment() {
    Ran ran =
        home.ok(
            "vm",
            "exec",
            "web",
            "--cwd",
            "/etc",
            "--env",
            "GREETING=hi there",
            "--",
            "sh",
            "-c",
            "pwd; echo $GREETING; id -u");

    assertThat(ran.out()).isEqualTo("/etc\nhi there\n0\n");
  }

  @Test
  @Order(1)
  void aKilledCommandExitsWithItsSignal() {
    home.run("vm", "exec", "web", "--", "sh", "-c", "kill -TERM $$").exited(128 + 15);
  }

  @Test
  @Order(2)
  void execCarriesAHundredMebibytesEachWayUnchanged() throws Exception {
    Path sent = home.dir().resolve("sent");
    Path back = home.dir().resolve("back");
    Path err = home.dir().resolve("bulk.err");
    Bulk.write(sent, 100);
    Process process =
        home.banger(
                "vm",
                "exec",
                "web",
                "-i",
                "--",
                "sh",
                "-c",
                "tee /root/bulk | sha256sum >&2; cat /root/bulk; rm /root/bulk")
            .start(back, err);
    try {
      Bulk.copy(sent, process.getOutputStream());
      assertThat(process.waitFor(8, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    String digest = Bulk.sha256(sent);
    assertThat(Files.readString(err)).startsWith(digest);
    assertThat(Bulk.sha256(back)).isEqualTo(digest);
  }

  @Test
  @Order(2)
  void filesAndFoldersAreCopiedBothWays() throws Exception {
    Path tree = home.dir().resolve("tree");
    Files.createDirectories(tree.resolve("sub"));
    Files.writeString(tree.resolve("sub/file name"), "content\n");
    Files.writeString(tree.resolve("run.sh"), "#!/bin/sh\necho ran\n");
    assertThat(tree.resolve("run.sh").toFile().setExecutable(true)).isTrue();

    home.ok("vm", "cp", tree.toString(), "web:/root/");
    assertThat(home.ok("vm", "exec", "web", "--", "/root/tree/run.sh").out()).isEqualTo("ran\n");
    home.ok("vm", "cp", "web:/root/tree", home.dir().resolve("copy").toString());

    assertThat(home.dir().resolve("copy/sub/file name")).hasContent("content\n");
    assertThat(home.dir().resolve("copy/run.sh")).isExecutable();
  }

  @Test
  @Order(2)
  void healthShowAndLogsTellAboutTheGuest() {
    JsonNode health = home.ok("vm", "health", "web", "-o", "json").json();
    assertThat(health.toString()).contains("bootId").contains("memoryTotalMiB");
    assertThat(home.ok("vm", "show", "web", "-o", "json").json().toString())
        .contains("\"handles\"")
        .contains("\"pid\"")
        .contains("\"paths\"");
    home.ok("vm", "wait", "web", "--for", "ready");
    home.ok("vm", "logs", "web");
  }

  @Test
  @Order(2)
  void statsTellThatAGuestIsBusyAndWhatItUses() throws Exception {
    Process busy =
        home.banger("vm", "exec", "web", "--", "sh", "-c", "while :; do :; done")
            .start(home.dir().resolve("busy.out"), home.dir().resolve("busy.err"));
    JsonNode stats;
    try {
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      do {
        stats = home.ok("vm", "stats", "web", "-o", "json").json().get(0);
      } while (stats.path("cpuPercent").asDouble() <= 10 && System.nanoTime() < end);
    } finally {
      busy.destroyForcibly().waitFor();
    }

    assertThat(stats.path("cpuPercent").asDouble()).as(stats.toString()).isGreaterThan(10);
    assertThat(stats.path("memoryUsedMiB").asInt()).isPositive();
    assertThat(stats.path("guestMemoryUsedMiB").asInt()).isBetween(1, 256);
    assertThat(stats.path("diskReadBytes").asLong()).isPositive();
    assertThat(stats.path("workDiskUsedMiB").asInt()).isPositive();
    assertThat(stats.path("uptimeSeconds").asInt()).isPositive();
    assertThat(home.ok("vm", "stats").out()).contains("NAME", "web", "running");
  }

  @Test
  @Order(3)
  void whatIsSetOnARunningVmIsPendingUntilItsNextStart() {
    home.run("vm", "set", "web", "--cpus", "0").exited(2);
    assertThat(home.run("vm", "set", "web", "--work-disk", "128MiB").exited(1).err())
        .contains("the work disk is 160 MiB and can only grow; asked for 128 MiB");

    Ran set =
        home.ok(
            "vm",
            "set",
            "web",
            "--cpus",
            "3",
            "--memory",
            "384MiB",
            "--work-disk",
            "512MiB",
            "--label",
            "a=b");

    assertThat(set.out())
        .contains("from the next start on: cpus 3, memory 384 MiB, work disk 512 MiB");
    JsonNode vm = home.ok("vm", "show", "web", "-o", "json").json();
    assertThat(vm.path("memoryMiB").asInt()).isEqualTo(256);
    assertThat(vm.path("labels").path("a").asText()).isEqualTo("b");
    assertThat(vm.path("pending").toString())
        .isEqualTo("{\"cpus\":3,\"memoryMiB\":384,\"workDiskMiB\":512}");
    assertThat(home.ok("vm", "show", "web").out()).contains("from the next start on");
    assertThat(home.ok("vm", "set", "web", "--cpus", "3").out()).contains("already so");
  }

  @Test
  @Order(5)
  void aStartedVmHasWhatWasSetAndItsFileSystemHasGrown() {
    assertThat(home.ok("vm", "exec", "web", "--", "nproc").out()).isEqualTo("3\n");
    String size = home.ok("vm", "exec", "web", "--", "stat", "-f", "-c", "%b %S", "/root").out();
    String[] words = size.strip().split(" ");
    assertThat(Long.parseLong(words[0]) * Long.parseLong(words[1]))
        .as(size)
        .isBetween(460L << 20, 512L << 20);
    String kib =
        home.ok("vm", "exec", "web", "--", "awk", "/MemTotal/{print $2}", "/proc/meminfo").out();
    assertThat(Long.parseLong(kib.strip())).isBetween(300L << 10, 384L << 10);
    JsonNode vm = home.ok("vm", "show", "web", "-o", "json").json();
    assertThat(vm.path("pending").size()).isZero();
    assertThat(vm.path("degraded").size()).isZero();
  }

  @Test
  @Order(4)
  void stopAndStartKeepTheWorkDisk() {
    home.ok("vm", "exec", "web", "--", "sh", "-c", "echo kept > /root/note; sync");

    home.ok("vm", "stop", "web");
    assertThat(home.ok("vm", "list", "-o", "json").json().get(0).path("state").asText())
        .isEqualTo("stopped");
    assertThat(home.run("vm", "exec", "web", "--", "true").exited(125).err())
        .contains("vm \"web\" is stopped")
        .contains("banger vm start web");
    assertThat(home.ok("vm", "stop", "web").out() + home.ok("vm", "stop", "web").err())
        .contains("already stopped");
    home.ok("vm", "start", "web");

    assertThat(home.ok("vm", "exec", "web", "--", "cat", "/root/note").out()).isEqualTo("kept\n");
  }

  @Test
  @Order(6)
  void aWreckedHomeDirectoryIsRepairedAtTheNextStart() throws Exception {
    home.ok(
        "vm",
        "exec",
        "web",
        "--",
        "sh",
        "-c",
        "mkdir -p /root/.ssh; touch /root/.ssh/authorized_keys; chmod 777 /root /root/.ssh /root/.ssh/authorized_keys; chown 5:5 /root; sync");

    JsonNode vm = home.ok("vm", "show", "web", "-o", "json").json();
    home.ok("vm", "stop", "web");
    // Grown while in use, and whole. The product itself runs no such tool over a guest's disk.
    List<String> check = List.of("/sbin/e2fsck", "-fn", vm.path("paths").path("workDisk").asText());
    HostCommand.run(home.dir(), "", check).ok();
    home.ok("vm", "start", "web");

    assertThat(
            home.ok(
                    "vm",
                    "exec",
                    "web",
                    "--",
                    "stat",
                    "-c",
                    "%a %u:%g",
                    "/root",
                    "/root/.ssh",
                    "/root/.ssh/authorized_keys")
                .out())
        .isEqualTo("755 0:0\n700 0:0\n600 0:0\n");
  }

  @Test
  @Order(7)
  void operationsCanBeLookedUpAfterwards() {
    assertThat(home.ok("op", "list", "-o", "json").json().toString())
        .contains("vm.create")
        .contains("vm.set");
  }

  @Test
  @Order(8)
  void killAndDeleteLeaveNoFileOfTheVm() throws Exception {
    String id = home.ok("vm", "list", "-o", "json").json().get(0).path("id").asText();

    home.ok("vm", "kill", "web");
    home.ok("vm", "delete", "web");

    assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
    assertThat(home.dir().resolve("data/vms/" + id)).doesNotExist();
    assertThat(home.dir().resolve("run/" + id)).doesNotExist();
  }
}
