package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Root disks by device mapper on a real kernel, that of a Debian guest: the host that runs the
 * tests need not have a device mapper, and none of its devices is touched. What runs there is the
 * daemon's own code, with {@code dev.banger.core.disk.DiskTrial} to drive it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiskTrialIT {
  private static BangerHome home;

  @BeforeAll
  static void open() throws Exception {
    home = BangerHome.with("debian");
    home.ok("vm", "create", "kernel", "--image", "debian");
    Path parts = Files.createDirectory(home.dir().resolve("trial"));
    copyClasses(parts.resolve("classes"));
    for (Path jar : daemonJars()) {
      Files.copy(jar, parts.resolve(jar.getFileName()));
    }
    home.ok("vm", "cp", parts.toString(), "kernel:/root/trial");
  }

  private static List<Path> daemonJars() throws IOException {
    Path lib = Path.of(System.getProperty("banger.dist"), "lib/daemon");
    try (Stream<Path> jars = Files.list(lib)) {
      List<Path> needed =
          jars.filter(jar -> jar.getFileName().toString().matches("(banger|jackson)-core-.*jar"))
              .toList();
      assertThat(needed).as("jars in %s", lib).hasSize(2);
      return needed;
    }
  }

  private static void copyClasses(Path target) throws IOException, URISyntaxException {
    Path own =
        Path.of(DiskTrialIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path from = own.resolve("dev/banger/core/disk");
    Path to = Files.createDirectories(target.resolve("dev/banger/core/disk"));
    try (Stream<Path> classes = Files.list(from)) {
      classes.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(file.getFileName()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static Ran trial(String part) {
    // The agent's own runtime is the smallest there is, and already there.
    return home.run(
        "vm",
        "exec",
        "kernel",
        "--",
        "sh",
        "-c",
        "exec /run/banger/agent/runtime/bin/java -XX:TieredStopAtLevel=1 -Xshare:auto"
            + " -cp '/root/trial/classes:/root/trial/*' dev.banger.core.disk.DiskTrial"
            + " /root/disks "
            + part);
  }

  @Test
  @Order(1)
  void disks_are_made_grown_filled_and_removed_and_survive_a_kill_at_any_command() {
    Ran ran = trial("first");

    System.out.print(ran.out());
    assertThat(ran.out().lines().map(line -> line.replaceFirst(":.*", "")))
        .as("%s", ran)
        .containsExactly(
            "ok this-kernel-can",
            "ok one-image-device-for-all",
            "ok cost",
            "ok write-and-read-back",
            "ok without-udev",
            "ok no-process-for-nothing",
            "ok grow",
            "ok every-block-may-change",
            "ok full",
            "ok host-full",
            "ok busy-for-a-while",
            "ok busy-for-good",
            "ok killed-while-attaching",
            "ok killed-while-detaching",
            "ok foreign-devices",
            "ok image-replaced",
            "ok sweep",
            "ok before-the-reboot");
    ran.ok();
  }

  @Test
  @Order(2)
  void after_a_reboot_of_the_host_a_disk_is_made_again_from_its_files() {
    home.ok("vm", "exec", "kernel", "--", "sync");
    home.ok("vm", "stop", "kernel");
    home.ok("vm", "start", "kernel");

    Ran ran = trial("again");

    System.out.print(ran.out());
    assertThat(ran.out()).startsWith("ok after-the-reboot: what was written is there");
    ran.ok();
  }
}
