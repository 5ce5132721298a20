package dev.banger.plugin.dns;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import dev.banger.api.ToolCall;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** How this host is told to ask here for the zone: what to type, by what does its resolving. */
final class Routing {
  private static final String BRIDGE = "br-banger";
  private static final Duration LOOK = Duration.ofSeconds(1);

  private Routing() {}

  /** What does the resolving. */
  enum Host {
    /** systemd-resolved, and a bridge that it can be told about. */
    RESOLVED_BRIDGE,
    RESOLVED,
    NETWORK_MANAGER,
    DNSMASQ,
    UNBOUND,
    PLAIN;

    static Host look(PluginContext context) throws InterruptedException {
      if (resolved(context)) {
        return Files.exists(Path.of("/sys/class/net", BRIDGE)) ? RESOLVED_BRIDGE : RESOLVED;
      }
      if (Files.isDirectory(Path.of("/etc/NetworkManager/dnsmasq.d"))) {
        return NETWORK_MANAGER;
      }
      if (Files.isDirectory(Path.of("/etc/dnsmasq.d"))) {
        return DNSMASQ;
      }
      return Files.isDirectory(Path.of("/etc/unbound/unbound.conf.d")) ? UNBOUND : PLAIN;
    }

    /** Installed is not enough: it has to run. */
    static boolean resolved(PluginContext context) throws InterruptedException {
      try {
        return context.host().run(ToolCall.of(LOOK, "resolvectl", "--no-pager", "dns")).ok();
      } catch (CapabilityException e) {
        if (e.kind() == FailureKind.UNAVAILABLE || e.kind() == FailureKind.TIMEOUT) {
          return false;
        }
        throw e;
      }
    }
  }

  /** Lines to type; docs/dns.md has the same with reasons. */
  static String remedy(Host host, String zone, InetSocketAddress server) {
    String address = Service.reachable(server.getAddress()).getHostAddress();
    int port = server.getPort();
    String target = Service.reachable(server);
    return switch (host) {
      case RESOLVED_BRIDGE ->
          "sudo resolvectl dns %s %s; sudo resolvectl domain %s '~%s'; sudo resolvectl default-route"
                  .formatted(BRIDGE, target, BRIDGE, zone)
              + " %s false; sudo resolvectl dnssec %s no".formatted(BRIDGE, BRIDGE);
      case RESOLVED ->
          "sudo mkdir -p /etc/systemd/resolved.conf.d; printf"
              + " '[Resolve]\\nDNS=%s\\nDomains=~%s\\nDNSSEC=no\\n'".formatted(target, zone)
              + " | sudo tee /etc/systemd/resolved.conf.d/banger.conf; sudo systemctl restart"
              + " systemd-resolved";
      case NETWORK_MANAGER ->
          "echo 'server=/%s/%s#%d' | sudo tee /etc/NetworkManager/dnsmasq.d/banger.conf; sudo"
                  .formatted(zone, address, port)
              + " systemctl reload NetworkManager";
      case DNSMASQ ->
          "echo 'server=/%s/%s#%d' | sudo tee /etc/dnsmasq.d/banger.conf; sudo systemctl restart"
                  .formatted(zone, address, port)
              + " dnsmasq";
      case UNBOUND ->
          ("printf 'server:\\n  domain-insecure: \"%s\"\\n  do-not-query-localhost: no\\nforward-zone:"
                      + "\\n  name: \"%s\"\\n  forward-addr: %s@%d\\n'")
                  .formatted(zone, zone, address, port)
              + " | sudo tee /etc/unbound/unbound.conf.d/banger.conf; sudo systemctl restart unbound";
      case PLAIN ->
          "install systemd-resolved, dnsmasq or unbound and see docs/dns.md; or enter names in"
              + " /etc/hosts: banger dns list; or use addresses: banger vm list";
    };
  }
}
