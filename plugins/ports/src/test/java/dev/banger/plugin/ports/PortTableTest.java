package dev.banger.plugin.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.banger.api.CapabilityException;
import dev.banger.api.GuestListener;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of what listens. */
class PortTableTest {
  private static final int PORT = 42_195;
  private static final VmView USER = FakeVm.running("web");
  private static final VmView BRIDGED = FakeVm.running("db").on("bgr-1", "172.30.0.9", true);

  @TempDir Path temp;
  private FakeCapabilityHost host;
  private Forwarder forwarder;
  private PortTable table;

  @BeforeEach
  void open() {
    host =
        new FakeCapabilityHost(Registration.of(new PortsPlugin()).permissions(), temp)
            .with(USER)
            .with(BRIDGED)
            .tool("getent", _ -> new ToolResult(2, "", ""))
            .listening(
                PORT, (_, out) -> out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8)));
    forwarder = new Forwarder(host, PortsSettings.DEFAULTS, System.getLogger("test"));
    table = new PortTable(forwarder, new Probes(Duration.ofMillis(200)), new NameLookup());
  }

  private static GuestListener tcp(String address, String process) {
    return new GuestListener("tcp", address, PORT, process.hashCode() & 0xff, process, "c", false);
  }

  private List<Row> rows(VmView vm, GuestListener... listeners) throws InterruptedException {
    host.listeners(listeners);
    return List.copyOf(table.rows(host, vm, List.of(listeners)));
  }

  @Test
  void what_looks_the_same_is_shown_once() throws Exception {
    assertThat(rows(BRIDGED, tcp("0.0.0.0", "node"), tcp("::", "node")))
        .containsExactly(
            new Row(
                "db",
                "http",
                "http://172.30.0.9:" + PORT,
                PORT,
                "node",
                "c",
                "http://172.30.0.9:" + PORT,
                ""));
  }

  @Test
  void a_name_that_leads_there_is_shown_instead_of_the_address() throws Exception {
    host.tool("getent", _ -> new ToolResult(0, "172.30.0.9      STREAM db.vm\n", ""));
    assertThat(rows(BRIDGED, tcp("::", "node")))
        .extracting(Row::url)
        .containsExactly("http://db.vm:" + PORT);
  }

  @Test
  void a_name_that_leads_elsewhere_is_not_shown() throws Exception {
    host.tool("getent", _ -> new ToolResult(0, "127.0.0.1      STREAM db.vm\n", ""));
    assertThat(rows(BRIDGED, tcp("::", "node")))
        .extracting(Row::url)
        .containsExactly("http://172.30.0.9:" + PORT);
  }

  @Test
  void what_is_not_reached_on_a_bridge_says_why() throws Exception {
    List<Row> rows =
        rows(
            BRIDGED,
            tcp("127.0.0.1", "node"),
            new GuestListener("udp", "127.0.0.53", 53, 8, "resolved", "resolved", false),
            new GuestListener("tcp", "172.17.0.2", 80, 9, "nginx", "nginx", true));
    assertThat(rows)
        .extracting(Row::endpoint, Row::url, Row::note)
        .containsExactly(
            tuple("127.0.0.53:53", "", "in the guest only"),
            tuple("172.17.0.2:80", "", "in a network namespace of its own"),
            tuple("127.0.0.1:" + PORT, "", "not forwarded"));
  }

  @Test
  void on_a_bridge_only_what_the_guests_own_address_does_not_reach_is_forwarded() throws Exception {
    GuestListener[] both = {
      tcp("127.0.0.1", "node"),
      new GuestListener("tcp", "0.0.0.0", PORT + 1, 5, "caddy", "caddy", false),
      new GuestListener("tcp", "172.30.0.9", PORT + 2, 6, "own", "own", false)
    };
    host.tool("getent", _ -> new ToolResult(0, "172.30.0.9      STREAM db.vm\n", ""));
    begin(BRIDGED, both);
    try {
      assertThat(rows(BRIDGED, both))
          .extracting(Row::process, Row::endpoint, Row::note)
          .containsExactly(
              tuple("node", "http://127.77.0.2:" + PORT, ""),
              tuple("caddy", "db.vm:" + (PORT + 1), ""),
              tuple("own", "db.vm:" + (PORT + 2), ""));
      assertThat(forwarder.of(BRIDGED.id()).orElseThrow().forwarded()).containsExactly(PORT);
    } finally {
      forwarder.close();
    }
  }

  @Test
  void on_a_bridge_two_servers_on_one_port_are_both_reached() throws Exception {
    GuestListener[] both = {tcp("0.0.0.0", "outer"), tcp("127.0.0.1", "inner")};
    begin(BRIDGED, both);
    try {
      assertThat(rows(BRIDGED, both))
          .extracting(Row::process, Row::endpoint, Row::note)
          .containsExactlyInAnyOrder(
              tuple("inner", "http://127.77.0.2:" + PORT, ""),
              tuple("outer", "172.30.0.9:" + PORT, ""));
    } finally {
      forwarder.close();
    }
  }

  private void begin(VmView vm, GuestListener... listeners) throws InterruptedException {
    host.listeners(listeners);
    forwarder.begin(vm);
    VmForwards forwards = forwarder.of(vm.id()).orElseThrow();
    while (forwards.forwarded().isEmpty() && forwards.refused().isEmpty()) {
      Thread.sleep(5);
    }
  }

  @Test
  void of_two_servers_on_one_port_the_one_that_answers_has_the_address() throws Exception {
    GuestListener[] both = {tcp("10.0.2.15", "other"), tcp("127.0.0.1", "node")};
    begin(USER, both);
    try {
      assertThat(rows(USER, both))
          .extracting(Row::process, Row::proto, Row::note)
          .containsExactlyInAnyOrder(
              tuple("node", "http", ""), tuple("other", "tcp", "behind node on the same port"));
    } finally {
      forwarder.close();
    }
  }

  @Test
  void udp_is_never_connected_to() throws Exception {
    GuestListener udp = new GuestListener("udp", "::", 53, 9, "dnsmasq", "dnsmasq", false);
    assertThat(rows(USER, udp))
        .containsExactly(
            new Row("web", "udp", "*:53", 53, "dnsmasq", "dnsmasq", "", "in the guest only"));
  }

  @Test
  void without_a_forward_it_is_said() throws Exception {
    assertThat(rows(USER, tcp("::", "node")))
        .extracting(Row::proto, Row::endpoint, Row::url, Row::note)
        .containsExactly(tuple("http", "*:" + PORT, "", "not forwarded"));
  }

  @Test
  void settings_out_of_range_are_refused_in_a_sentence() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new PortsSettings(true, 5000, List.of(), Duration.ofSeconds(1)),
            () -> new PortsSettings(true, 5, List.of(0), Duration.ofSeconds(1)),
            () -> new PortsSettings(true, 5, List.of(), Duration.ofSeconds(11)))) {
      assertThatThrownBy(wrong::run)
          .isInstanceOf(IllegalArgumentException.class)
          .isNotInstanceOf(CapabilityException.class)
          .hasMessageContaining("must");
    }
  }
}
