package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Kills the daemon before and after everything it does to the host's network: bridge, TAP device,
 * packet rules, forwarding. Afterwards nothing is left, and nothing is missing of what a running VM
 * is to have. And what others take away is brought back. One guest, in a network of the test's own.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashInBridgeModeIT {
  /** What is after one change is before the next; only rules have something noted in between. */
  private static final String CHANGES =
      "command (after (ip -batch|nft -f|sysctl -q -w)|before nft -f).*";

  /** A boot for each point; those of the rules are the ones of a change while it runs. */
  private static final String CHANGES_OF_DEVICES = "command \\w+ ip -batch.*";

  private static Network network;
  private static BangerHome home;
  private static MortalDaemon mortal;

  @BeforeAll
  static void createTheWorld() throws Exception {
    network = Network.open();
    network.run("echo 0 > /proc/sys/net/ipv4/ip_forward");
    home = BangerHome.with("tiny").inside(network);
    // Devices made ahead, beside a request, would make other points of it each time.
    Files.createDirectories(home.config().getParent());
    Files.writeString(home.config(), "[network]\ntap_pool = 0\n");
    mortal = new MortalDaemon(home, Map.of("BANGER_CRASH_POINTS", CHANGES));
  }

  @AfterAll
  static void leaveNothing() {
    try {
      home.close();
      assertThat(network.devices()).containsExactly("lo");
      assertThat(network.run("nft list tables")).doesNotContain("banger");
    } finally {
      network.close();
    }
  }

  /** One request, of which the daemon dies. */
  private interface Request {
    Ran run();
  }

  /**
   * @return whether the daemon died of it
   */
  private static boolean dies(Process daemon, Request request) throws Exception {
    mortal.arm();
    Ran ran = request.run();
    mortal.disarm();
    if (ran.exitCode() == 0) {
      return false;
    }
    assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).as(ran.toString()).isTrue();
    assertThat(daemon.exitValue()).as(ran.toString()).isEqualTo(137);
    return true;
  }

  private static boolean forwards() {
    return network.run("cat /proc/sys/net/ipv4/ip_forward").strip().equals("1");
  }

  private static List<String> taps() {
    return network.devices().stream().filter(name -> name.startsWith("bgr-")).toList();
  }

  private static void nothingIsLeft(String after) throws IOException {
    assertThat(taps()).as(after).isEmpty();
    assertThat(network.run("nft list tables")).as(after).doesNotContain("banger");
    assertThat(forwards()).as(after).isFalse();
    assertThat(home.ok("dns", "list", "-o", "json").json()).as(after).isEmpty();
    for (String plugin : List.of("nat", "dns")) {
      assertThat(home.ok("plugin", "info", plugin, "-o", "json").json().path("leftovers"))
          .as(after)
          .isEmpty();
    }
    assertThat(
            home.processes().stream()
                .filter(process -> Processes.describe(process).contains("qemu")))
        .as(after)
        .isEmpty();
  }

  private static void nothingIsMissing(String after) {
    JsonNode vm = home.ok("vm", "show", "web", "-o", "json").json();
    assertThat(vm.path("state").asText()).as(after).isEqualTo("running");
    assertThat(vm.path("degraded")).as(after).isEmpty();
    for (JsonNode step : vm.path("plugins")) {
      assertThat(step.path("state").asText()).as(after + ": " + step).isIn("started", "skipped");
    }
    String device = vm.path("network").path("device").asText();
    String address = vm.path("ip").asText();
    assertThat(taps()).as(after).containsExactly(device);
    assertThat(network.run("nft list set bridge banger guests"))
        .as(after)
        .contains('"' + device + '"')
        .contains(address)
        .containsOnlyOnce("comment");
    boolean nat = vm.path("nat").asBoolean();
    assertThat(network.run("nft list set inet banger nat4").contains(address))
        .as(after)
        .isEqualTo(nat);
    assertThat(forwards()).as(after).isEqualTo(nat);
    JsonNode names = home.ok("dns", "list", "-o", "json").json();
    assertThat(names).as(after).hasSize(1);
    assertThat(names.get(0).path("address").asText()).as(after).isEqualTo(address);
  }

  @Test
  @Order(1)
  void aStartIsUndoneOrCompleteWhereverTheDaemonDies() throws Exception {
    int deaths = 0;
    while (true) {
      Process daemon = mortal.dyingAt(deaths + 1);
      try {
        String after = "after death at point " + deaths + ": " + mortal.lastPoint();
        if (!home.ok("vm", "list", "-o", "json").json().isEmpty()) {
          nothingIsMissing(after);
          home.ok("vm", "delete", "web", "--force");
        }
        nothingIsLeft(after);
        if (!dies(
            daemon,
            () -> home.run("vm", "create", "web", "--image", "tiny", "--memory", "256MiB"))) {
          nothingIsMissing("after a start that was left alone");
          break;
        }
        deaths++;
      } finally {
        MortalDaemon.end(daemon);
      }
    }
    assertThat(mortal.passed())
        .hasSize(deaths)
        .contains("command after ip -batch -", "command before nft -f -", "command after nft -f -")
        .contains("command after sysctl -q -w net.ipv4.ip_forward=1");
    System.out.println("killed at each point of a start: " + mortal.passed());
  }

  @Test
  @Order(2)
  void theDoctorMendsWhatSomebodyFlushed() throws Exception {
    Process daemon = mortal.immortal(Map.of("BANGER_LOOK_MS", "3600000"));
    try {
      network.run("nft flush ruleset; echo 0 > /proc/sys/net/ipv4/ip_forward");
      assertThat(check("doctor").path("status").asText()).isEqualTo("fail");

      JsonNode mended = check("doctor", "--fix");

      assertThat(mended.path("status").asText()).isEqualTo("ok");
      assertThat(mended.path("fixed").asText()).isEqualTo("loaded the rules of 1 guest again");
      nothingIsMissing("after doctor --fix");
    } finally {
      MortalDaemon.end(daemon);
    }
  }

  private static JsonNode check(String... words) {
    String[] command =
        Stream.concat(Stream.of(words), Stream.of("-o", "json")).toArray(String[]::new);
    for (JsonNode check : home.run(command).json()) {
      if (check.path("id").asText().equals("nat")) {
        return check;
      }
    }
    throw new AssertionError("no check of nat's");
  }

  @Test
  @Order(3)
  void whatSomebodyFlushedComesBackWithoutAnyCommand() throws Exception {
    Process daemon = mortal.immortal(Map.of("BANGER_LOOK_MS", "200"));
    try {
      network.run("nft flush ruleset; echo 0 > /proc/sys/net/ipv4/ip_forward");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!network.run("nft list ruleset").contains("bgr-") || !forwards()) {
        assertThat(System.nanoTime()).as("time").isLessThan(end);
        Thread.sleep(50);
      }
      // The step is started again in two moves; whoever asks waits for neither.
      home.ok("vm", "repair", "web");
      nothingIsMissing("after a flush");
    } finally {
      MortalDaemon.end(daemon);
    }
  }

  @Test
  @Order(4)
  void natIsTakenOrGivenWhollyWhereverTheDaemonDies() throws Exception {
    int deaths = 0;
    int quiet = 0;
    // By turns, so that each is cut off at every second point.
    while (quiet < 2) {
      Process daemon = mortal.dyingAt(deaths + 1);
      try {
        nothingIsMissing("after death at point " + deaths + ": " + mortal.lastPoint());
        boolean nat = home.ok("vm", "show", "web", "-o", "json").json().path("nat").asBoolean();
        if (dies(daemon, () -> home.run("vm", "set", "web", nat ? "--no-nat" : "--nat"))) {
          quiet = 0;
        } else {
          nothingIsMissing("after a change that was left alone");
          quiet++;
        }
        deaths++;
      } finally {
        MortalDaemon.end(daemon);
      }
    }
    assertThat(deaths).isGreaterThan(4);
  }

  @Test
  @Order(5)
  void aStopIsCompletedWhereverTheDaemonDies() throws Exception {
    MortalDaemon ending = new MortalDaemon(home, Map.of("BANGER_CRASH_POINTS", CHANGES_OF_DEVICES));
    int deaths = 0;
    while (true) {
      Process daemon = ending.dyingAt(deaths + 1);
      try {
        String after = "after death at point " + deaths + ": " + ending.lastPoint();
        JsonNode vm = home.ok("vm", "list", "-o", "json").json().get(0);
        if (vm.path("state").asText().equals("running")) {
          nothingIsMissing(after);
        } else {
          nothingIsLeft(after);
          home.ok("vm", "start", "web");
        }
        if (!dies(daemon, () -> home.run("vm", "kill", "web"))) {
          nothingIsLeft("after a stop that was left alone");
          break;
        }
        deaths++;
      } finally {
        MortalDaemon.end(daemon);
      }
    }
    assertThat(ending.passed())
        .hasSize(deaths)
        .contains("command before ip -batch -", "command after ip -batch -");
    System.out.println("killed at each point of a stop: " + ending.passed());
  }
}
