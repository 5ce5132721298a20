package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two guests on a bridge, in a network of the test's own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BridgeIT {
  private static final int PORT = 8080;

  /** Of a server that only its own guest is to reach, as far as the guest's network goes. */
  private static final int INNER_PORT = 3000;

  private static Network network;
  private static BangerHome home;

  @BeforeAll
  static void createTheVms() {
    network = Network.open();
    home = BangerHome.with("tiny").inside(network);
    for (String name : List.of("one", "two")) {
      home.ok("vm", "create", name, "--image", "tiny", "--memory", "256MiB");
      // BusyBox answers each connection with the name of the guest.
      home.ok(
          "vm",
          "exec",
          name,
          "--",
          "sh",
          "-c",
          "nc -ll -p %d -e hostname </dev/null >/dev/null 2>&1 &".formatted(PORT));
    }
    home.ok(
        "vm",
        "exec",
        "one",
        "--",
        "sh",
        "-c",
        "mkdir /www && echo inner >/www/index.html && /run/banger/agent/bin/busybox httpd -p 127.0.0.1:%d -h /www"
            .formatted(INNER_PORT));
  }

  @AfterAll
  static void leaveNothing() {
    try {
      home.close();
      assertThat(network.devices()).containsExactly("lo");
    } finally {
      network.close();
    }
  }

  private static JsonNode vm(String name) {
    return home.ok("vm", "show", name, "-o", "json").json();
  }

  private static String address(String name) {
    return vm(name).path("ip").asText();
  }

  @Test
  @Order(1)
  void theHostReachesEachGuestAtItsOwnAddress() throws Exception {
    for (String name : List.of("one", "two")) {
      JsonNode place = vm(name).path("network");
      assertThat(place.path("mode").asText()).isEqualTo("bridge");
      assertThat(place.path("address").asText()).startsWith("172.30.").isEqualTo(address(name));
      assertThat(network.devices()).contains(place.path("device").asText());
      assertThat(network.read(address(name), PORT)).isEqualTo(name + "\n");
    }
    assertThat(home.ok("daemon", "status").out()).contains("bridge  br-banger");
  }

  @Test
  @Order(2)
  void aGuestReachesTheHostButNotTheOtherGuest() {
    home.ok("vm", "exec", "one", "--", "ping", "-c", "1", "-W", "10", "172.30.0.1");
    assertThat(
            home.run("vm", "exec", "one", "--", "ping", "-c", "2", "-W", "2", address("two"))
                .exitCode())
        .isEqualTo(1);
  }

  private static JsonNode port(int port) {
    for (JsonNode row : home.ok("vm", "ports", "one", "-o", "json").json()) {
      if (row.path("port").asInt() == port) {
        return row;
      }
    }
    throw new AssertionError("nothing listens on port " + port);
  }

  private static String page(String url) {
    String place = url.replace("http://", "").replace(':', '/');
    return network.run(
        "timeout 20 bash -c 'exec 3<>/dev/tcp/%s; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"
            .formatted(place));
  }

  /** The guest tells of a new listener within a second or so. */
  private static String urlOfTheInnerServer() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    JsonNode row = port(INNER_PORT);
    while (row.path("url").asText().isEmpty()) {
      assertThat(System.nanoTime()).as(row.toString()).isLessThan(end);
      Thread.sleep(200);
      row = port(INNER_PORT);
    }
    return row.path("url").asText();
  }

  @Test
  @Order(3)
  void aServerOnTheGuestsLoopbackIsReachedAtALoopbackAddressOfThisHostAndOthersAtTheGuests()
      throws Exception {
    String loopback = address("one").replaceFirst("172[.]30", "127.77");
    assertThat(urlOfTheInnerServer()).isEqualTo("http://%s:%d".formatted(loopback, INNER_PORT));
    assertThat(page(urlOfTheInnerServer())).endsWith("inner\n");
    assertThat(network.read(address("one"), INNER_PORT)).isEmpty();

    assertThat(port(PORT).path("endpoint").asText()).isEqualTo(address("one") + ":" + PORT);
    assertThat(network.read(loopback, PORT)).as("what needs no forward has none").isEmpty();
  }

  @Test
  @Order(4)
  void aDaemonThatIsKilledLeavesTheGuestsWhereTheyAreAndTheNextTakesThemUp() throws Exception {
    String before = address("one");
    ProcessHandle daemon = home.daemon();
    daemon.destroyForcibly();
    daemon.onExit().join();
    assertThat(address("one")).isEqualTo(before);
    assertThat(network.read(before, PORT)).isEqualTo("one\n");
    assertThat(home.ok("vm", "set", "one", "--no-nat", "-o", "json").out()).contains("\"ok\":true");
    assertThat(vm("one").path("nat").asBoolean()).isFalse();
    assertThat(page(urlOfTheInnerServer())).endsWith("inner\n");
  }

  @Test
  @Order(5)
  void aVmThatStopsOrIsDeletedGivesItsDeviceBackAndOneThatStartsGetsItAgain() throws Exception {
    String device = vm("one").path("network").path("device").asText();
    home.ok("vm", "stop", "one");
    assertThat(network.devices()).doesNotContain(device);
    home.ok("vm", "start", "one");
    assertThat(network.devices()).contains(device);
    home.ok("vm", "exec", "one", "--", "ping", "-c", "1", "-W", "10", "172.30.0.1");
    home.ok("vm", "delete", "one");
    assertThat(network.devices()).doesNotContain(device).contains("br-banger");
  }
}
