package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Many real guests in one request, one of them stubborn, and clients that are killed meanwhile. */
class StopAllIT {
  private static final List<String> NAMES = List.of("a", "b", "c", "mule");

  @Test
  void oneStubbornGuestIsForcedAndNeitherItNorADeadClientKeepsTheOthersUp() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      List<String> create = new ArrayList<>();
      for (String name : NAMES) {
        create.clear();
        create.addAll(List.of("vm", "create", name, "--image", "tiny", "--memory", "128MiB"));
        create.addAll(List.of("--timeout", "6m", "--no-start"));
        home.ok(create.toArray(new String[0]));
      }
      home.ok("vm", "start", "--all");
      // Whatever is asked to power off there does nothing and says it did.
      home.ok(
          "vm",
          "exec",
          "mule",
          "--",
          "sh",
          "-c",
          "rm -f /sbin/poweroff /bin/poweroff; printf '#!/bin/sh\\n' > /sbin/poweroff; chmod 755 /sbin/poweroff");

      Ran stopped = home.ok("vm", "stop", "--all", "--timeout", "15s");

      List<String> table = stopped.out().lines().toList();
      assertThat(table)
          .hasSize(NAMES.size())
          .allSatisfy(line -> assertThat(line).containsPattern("^(a   |b   |c   |mule)  stopped "));
      assertThat(table)
          .filteredOn(line -> line.contains("forced: the guest ignored shutdown for 15 s"))
          .singleElement()
          .satisfies(line -> assertThat(line).startsWith("mule "));

      home.ok("vm", "start", "a", "mule");
      killedClientLeavesStopsThatFinish(home);
      killedRunLeavesNothing(home);
    }
  }

  private static void killedClientLeavesStopsThatFinish(BangerHome home) throws Exception {
    Process client = start(home, "vm", "stop", "--all", "--timeout", "15s");
    try {
      until("the stubborn one is being stopped", () -> running(home).contains("mule"));
    } finally {
      client.destroyForcibly().waitFor();
    }

    home.ok("vm", "wait", "--all", "--for", "stopped", "--timeout", "60s");

    assertThat(running(home)).isEmpty();
    for (String name : NAMES) {
      JsonNode latest =
          home.ok("op", "list", "--vm", name, "--limit", "1", "-o", "json").json().path(0);
      assertThat(latest.path("kind").asText()).isEqualTo("vm.stop");
      assertThat(latest.path("state").asText()).isEqualTo("done");
    }
  }

  private static void killedRunLeavesNothing(BangerHome home) throws Exception {
    Process client =
        start(
            home,
            "vm",
            "run",
            "--rm",
            "--name",
            "brief",
            "--image",
            "tiny",
            "--memory",
            "128MiB",
            "--",
            "sleep",
            "1000");
    try {
      until("it is there", () -> home.ok("vm", "list", "-o", "json").json().size() > NAMES.size());
      home.ok("vm", "wait", "brief", "--for", "ready", "--timeout", "6m");
    } finally {
      client.destroyForcibly().waitFor();
    }

    home.ok("vm", "wait", "brief", "--for", "deleted", "--timeout", "60s");

    assertThat(home.ok("vm", "list", "-o", "json").json()).hasSize(NAMES.size());
  }

  private static Set<String> running(BangerHome home) {
    JsonNode operations = home.ok("op", "list", "--running", "-o", "json").json();
    Set<String> vms = new HashSet<>();
    operations.forEach(operation -> vms.add(operation.path("vm").asText()));
    return vms;
  }

  private static Process start(BangerHome home, String... arguments) throws Exception {
    Path out = Files.createTempFile(home.dir(), "out", "");
    Path err = Files.createTempFile(home.dir(), "err", "");
    return home.banger(arguments).start(out, err);
  }

  private static void until(String what, BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
