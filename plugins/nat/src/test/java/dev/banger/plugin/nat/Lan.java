package dev.banger.plugin.nat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.VmView;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A host with a bridge, two guests on it, and the internet: each a network namespace, with real
 * cables between them. The internet serves a page over HTTP, and has no route to guests.
 */
final class Lan implements AutoCloseable {
  static final String INTERNET = "198.51.100.1";
  static final String UPLINK = "198.51.100.2";
  static final String GATEWAY = "172.30.0.1";

  private final List<Process> servers = new ArrayList<>();
  private final List<Space> spaces = new ArrayList<>();
  private final Map<String, Space> guests = new LinkedHashMap<>();
  private final Path pages;
  private final Space host;
  private final Space internet;

  /**
   * @param pages an empty directory
   */
  Lan(Path pages) throws IOException {
    this.pages = pages;
    Files.writeString(pages.resolve("index.html"), "hello");
    host = opened(Space.host());
    internet = opened(host.neighbour());
    host.sh(
        """
        sysctl -q -w net.ipv4.ip_forward=0
        ip link set lo up
        ip link add up0 type veth peer name eth0 netns %s
        ip addr add %s/24 dev up0
        ip link set up0 up
        ip link add br-banger type bridge
        ip addr add %s/16 dev br-banger
        ip link set br-banger up
        """
            .formatted(internet.pid(), UPLINK, GATEWAY));
    internet.sh(
        "ip link set lo up; ip addr add %s/24 dev eth0; ip link set eth0 up".formatted(INTERNET));
    serve(internet, 80);
    serve(host, 80);
    plugIn("web");
    plugIn("db");
  }

  private Space opened(Space space) {
    spaces.add(space);
    return space;
  }

  private void plugIn(String name) throws IOException {
    VmView vm = vm(name, true);
    Space guest = opened(host.neighbour());
    guests.put(name, guest);
    String mac = Guest.of(vm, "nft").mac();
    host.sh(
        """
        ip link add %1$s type veth peer name eth0 netns %2$s
        ip link set %1$s master br-banger
        ip link set %1$s up
        """
            .formatted(vm.network().device(), guest.pid()));
    guest.sh(
        """
        ip link set lo up
        ip link set eth0 address %s
        ip addr add %s/16 dev eth0
        ip link set eth0 up
        ip route add default via %s
        """
            .formatted(mac, vm.network().address(), GATEWAY));
    serve(guest, 80);
  }

  private void serve(Space space, int port) throws IOException {
    Process server =
        space.start(
            List.of("busybox", "httpd", "-f", "-p", String.valueOf(port), "-h", pages.toString()));
    servers.add(server);
    // It listens once its port shows.
    while (!space
        .output("cat", "/proc/net/tcp", "/proc/net/tcp6")
        .contains(":%04X".formatted(port))) {
      if (!server.isAlive()) {
        throw new AssertionError(
            "busybox cannot serve port %s: %s"
                .formatted(port, new String(server.getErrorStream().readAllBytes(), UTF_8)));
      }
      Thread.onSpinWait();
    }
  }

  /** As the core knows it. */
  static FakeVm vm(String name, boolean outbound) {
    boolean web = name.equals("web");
    return FakeVm.running(name)
        .on(web ? "bgr-0000aaaa" : "bgr-0000bbbb", web ? "172.30.0.2" : "172.30.0.3", outbound);
  }

  Space host() {
    return host;
  }

  Space internet() {
    return internet;
  }

  Space guest(String name) {
    return guests.get(name);
  }

  /** Whether a guest gets the page that is served there. */
  boolean fetches(String guest, String address) {
    return fetches(guest(guest), address);
  }

  /** Whether the page that is served there is to be had from here. */
  static boolean fetches(Space from, String address) {
    String page =
        from.output(
            "sh",
            "-c",
            "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 2 %s 80".formatted(address));
    return page.startsWith("HTTP/1") && page.endsWith("hello");
  }

  boolean pings(String guest, String address) {
    return guests.get(guest).succeeds("busybox", "ping", "-c", "1", "-W", "1", address);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.destroyForcibly().onExit().join());
    spaces.reversed().forEach(Space::close);
  }
}
