package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Daemons and VMMs that are killed, and what is there afterwards. */
class CrashIT {
  private static JsonNode show(BangerHome home, String name) {
    JsonNode shown = home.ok("vm", "show", name, "-o", "json").json();
    return shown.isArray() ? shown.get(0) : shown;
  }

  private static String bootId(BangerHome home, String name) {
    return home.ok("vm", "exec", name, "--", "cat", "/proc/sys/kernel/random/boot_id").out();
  }

  private static void kill(ProcessHandle process) throws Exception {
    process.destroyForcibly();
    process.onExit().get(10, TimeUnit.SECONDS);
  }

  @Test
  void vmsOutliveADaemonThatIsKilledWithAnExecInProgress() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("vm", "create", "a", "--image", "tiny", "--memory", "256MiB");
      home.ok("vm", "create", "b", "--image", "tiny", "--memory", "256MiB");
      long pidA = show(home, "a").path("handles").path("pid").asLong();
      long pidB = show(home, "b").path("handles").path("pid").asLong();
      String bootA = bootId(home, "a");
      Process exec =
          home.banger("vm", "exec", "a", "--", "sleep", "600")
              .start(home.dir().resolve("out"), home.dir().resolve("err"));
      try {
        while (!home.run("vm", "exec", "a", "--", "pidof", "sleep").out().matches("\\d+\\s*")) {
          assertThat(exec.isAlive()).isTrue();
        }

        kill(home.daemon());

        assertThat(exec.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(exec.exitValue()).isEqualTo(125);
      } finally {
        exec.destroyForcibly();
      }

      Ran list = home.ok("vm", "list", "-o", "json");
      assertThat(list.err()).contains("starting the daemon");
      assertThat(list.json())
          .allSatisfy(vm -> assertThat(vm.path("state").asText()).isEqualTo("running"));
      assertThat(show(home, "a").path("handles").path("pid").asLong()).isEqualTo(pidA);
      assertThat(show(home, "b").path("handles").path("pid").asLong()).isEqualTo(pidB);
      assertThat(bootId(home, "a")).isEqualTo(bootA);
      // The command whose client is gone was hung up.
      while (home.run("vm", "exec", "a", "--", "pidof", "sleep").exitCode() == 0) {
        Thread.sleep(200);
      }
    }
  }

  @Test
  void aVmmThatIsKilledIsSeenAndTheVmStartsAgain() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("vm", "create", "a", "--image", "tiny", "--memory", "256MiB");
      long pid = show(home, "a").path("handles").path("pid").asLong();

      kill(ProcessHandle.of(pid).orElseThrow());

      home.ok("vm", "wait", "a", "--for", "stopped", "--timeout", "10s");
      JsonNode vm = show(home, "a");
      assertThat(vm.path("state").asText()).isEqualTo("failed");
      assertThat(vm.path("reason").asText()).isNotEmpty();
      home.ok("vm", "start", "a");
      assertThat(home.ok("vm", "exec", "a", "--", "echo", "back").out()).isEqualTo("back\n");
    }
  }

  @Test
  void aDaemonToldToStopDuringACreateUndoesItFirst() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("vm", "create", "first", "--image", "tiny", "--no-start");
      Process create =
          home.banger("vm", "create", "late", "--image", "tiny", "--memory", "256MiB")
              .start(home.dir().resolve("out"), home.dir().resolve("err"));
      try {
        while (home.ok("vm", "list", "-o", "json").json().size() < 2) {
          assertThat(create.isAlive()).isTrue();
        }
        home.ok("daemon", "stop");
        assertThat(create.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(create.exitValue()).isEqualTo(1);
      } finally {
        create.destroyForcibly();
      }

      // Before any daemon looks again.
      assertThat(entries(home.dir().resolve("data/vms"))).isEqualTo(1);
      assertThat(home.processes()).isEmpty();
      assertThat(home.ok("vm", "list", "-o", "json").json()).hasSize(1);
    }
  }

  @Test
  void aDaemonKilledAtAnyMomentOfACreateLeavesNothingAndTheNameIsFree() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("daemon", "start");
      SplittableRandom random = new SplittableRandom(7);
      for (int round = 0; round < 10; round++) {
        Process create =
            home.banger("vm", "create", "phoenix", "--image", "tiny", "--memory", "256MiB")
                .start(home.dir().resolve("out"), home.dir().resolve("err"));
        try {
          // Spread over the whole create: it takes some seconds under emulation.
          Thread.sleep(50 + random.nextInt(round * 400 + 100));
          kill(home.daemon());
          create.waitFor(20, TimeUnit.SECONDS);
        } finally {
          create.destroyForcibly();
        }
        if (create.exitValue() == 0) {
          home.ok("vm", "delete", "phoenix");
        }
        JsonNode left = home.ok("vm", "list", "-o", "json").json();
        assertThat(left).as("round %d", round).isEmpty();
        assertThat(entries(home.dir().resolve("data/vms"))).as("round %d", round).isZero();
        assertThat(
                home.processes().stream()
                    .filter(process -> Processes.describe(process).contains("qemu"))
                    .toList())
            .as("round %d", round)
            .isEmpty();
      }
      home.ok("vm", "create", "phoenix", "--image", "tiny", "--memory", "256MiB");
    }
  }

  private static long entries(Path dir) throws Exception {
    if (!Files.isDirectory(dir)) {
      return 0;
    }
    try (var children = Files.list(dir)) {
      return children.count();
    }
  }
}
