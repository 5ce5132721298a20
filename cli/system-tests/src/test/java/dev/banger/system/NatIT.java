package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Guests on a bridge and a server beyond it, which knows no way back to them: it is reached by NAT
 * or not at all. Real guests, real packets, real rules.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NatIT {
  private static Network network;
  private static Network world;
  private static Process server;
  private static BangerHome home;

  @BeforeAll
  static void createTheWorld() throws Exception {
    network = Network.open();
    world = network.beside();
    network.cable(world, "up0", "203.0.113.1/24", "203.0.113.2/24");
    home = BangerHome.with("tiny").inside(network);
    Path page = Files.createDirectories(home.dir().resolve("www")).resolve("index.html");
    Files.writeString(page, "the world\n");
    server =
        world.start(
            "busybox", "httpd", "-f", "-p", "203.0.113.2:80", "-h", page.getParent().toString());
    for (String name : List.of("one", "two")) {
      home.ok("vm", "create", name, "--image", "tiny", "--memory", "256MiB");
    }
  }

  @AfterAll
  static void leaveNothing() throws Exception {
    try {
      server.destroyForcibly().waitFor();
      home.close();
      assertThat(network.devices()).containsExactlyInAnyOrder("lo", "up0");
      assertThat(network.run("nft list tables")).doesNotContain("banger");
    } finally {
      world.close();
      network.close();
    }
  }

  /** What the server beyond answers, head and page; empty when it cannot be reached. */
  private static String fetch(String name) {
    // Not wget: BusyBox's crashes in a guest that has no libraries to look up names with.
    String request = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 203.0.113.2 80";
    return home.run("vm", "exec", name, "--", "sh", "-c", request).out();
  }

  private static String address(String name) {
    return home.ok("vm", "show", name, "-o", "json").json().path("ip").asText();
  }

  private static String stepState(String name) {
    for (JsonNode step : home.ok("vm", "show", name, "-o", "json").json().path("plugins")) {
      if (step.path("plugin").asText().equals("nat")) {
        return step.path("state").asText();
      }
    }
    return "absent";
  }

  @Test
  @Order(1)
  void aGuestWithNatFetchesAPageFromBeyondTheHost() {
    assertThat(stepState("one")).isEqualTo("started");
    assertThat(fetch("one")).endsWith("the world\n");
  }

  @Test
  @Order(2)
  void natIsTakenAndGivenWhileTheGuestRuns() {
    home.ok("vm", "set", "one", "--no-nat");
    assertThat(
            network.run("! command -v conntrack >/dev/null || conntrack -L -s " + address("one")))
        .doesNotContain("src=" + address("one"));
    assertThat(fetch("one")).isEmpty();
    assertThat(fetch("two")).endsWith("the world\n");

    home.ok("vm", "set", "one", "--nat");
    assertThat(fetch("one")).endsWith("the world\n");
  }

  @Test
  @Order(3)
  void guestsDoNotReachEachOtherNorTakeEachOthersAddress() {
    assertThat(
            home.run("vm", "exec", "one", "--", "ping", "-c", "2", "-W", "2", address("two"))
                .exitCode())
        .isEqualTo(1);
    String two = address("two");
    home.ok("vm", "exec", "one", "--", "ip", "addr", "add", two + "/16", "dev", "eth0");
    assertThat(
            home.run(
                    "vm",
                    "exec",
                    "one",
                    "--",
                    "ping",
                    "-c",
                    "2",
                    "-W",
                    "2",
                    "-I",
                    two,
                    "172.30.0.1")
                .exitCode())
        .isEqualTo(1);
    home.ok("vm", "exec", "one", "--", "ip", "addr", "del", two + "/16", "dev", "eth0");
    assertThat(fetch("one")).endsWith("the world\n");
  }

  @Test
  @Order(4)
  void rulesThatSomebodyFlushedAreBroughtBackByARepair() {
    // Looked at in one go: a minute after the last time the daemon notices by itself.
    assertThat(network.run("nft flush ruleset; nft list tables")).isBlank();

    home.ok("vm", "repair", "one");

    assertThat(fetch("one")).endsWith("the world\n");
    assertThat(fetch("two")).endsWith("the world\n");
  }

  @Test
  @Order(5)
  void aDaemonThatIsKilledLeavesTheRulesAndTheNextTakesThemUp() {
    ProcessHandle daemon = home.daemon();
    daemon.destroyForcibly();
    daemon.onExit().join();
    assertThat(home.ok("vm", "list", "-o", "json").json()).hasSize(2);
    assertThat(fetch("one")).endsWith("the world\n");
    assertThat(stepState("two")).isEqualTo("started");
  }

  @Test
  @Order(6)
  void aVmThatIsDeletedLeavesTheRulesOfTheOtherAlone() {
    String gone = address("two");
    home.ok("vm", "delete", "two");
    assertThat(network.run("nft list ruleset")).doesNotContain(gone).contains(address("one"));
    assertThat(fetch("one")).endsWith("the world\n");
  }
}
