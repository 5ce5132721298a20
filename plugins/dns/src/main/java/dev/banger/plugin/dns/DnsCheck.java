package dev.banger.plugin.dns;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck.Outcome;
import dev.banger.api.PluginContext;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Whether names answer, and whether this host asks here for them. Changes nothing. */
final class DnsCheck {
  private static final Duration LOOKUP = Duration.ofSeconds(3);

  private DnsCheck() {}

  static Outcome run(PluginContext context, Service service) throws InterruptedException {
    Optional<InetSocketAddress> address = service.listening().address();
    return address.isPresent()
        ? answering(context, service, address.get())
        : silent(service, service.listening().wanted());
  }

  private static Outcome silent(Service service, InetSocketAddress wanted) {
    Optional<String> other = Probe.identity(service.zone(), wanted);
    if (other.filter(service.identity()::equals).isPresent()) {
      return Outcome.warn(
          "an older version of this plugin answers on %s, for as long as VMs it has started run"
              .formatted(Endpoint.text(wanted)),
          "nothing needs to be done; to end it sooner, stop and start those VMs: banger plugin info"
              + " dns");
    }
    String who = other.isPresent() ? ", by the DNS of another banger daemon" : "";
    return Outcome.fail(
        service.listening().problem().orElse("DNS does not answer yet") + who,
        "see who: ss -lntup 'sport = :%d'; then end that, or set listen in [plugins.dns] to another"
                .formatted(wanted.getPort())
            + " port: banger plugin reload dns");
  }

  private static Outcome answering(
      PluginContext context, Service service, InetSocketAddress address)
      throws InterruptedException {
    String at = Endpoint.text(address);
    if (Probe.identity(service.zone(), address).filter(service.identity()::equals).isEmpty()) {
      return Outcome.fail(
          "DNS listens on %s and does not answer there".formatted(at),
          "look for a firewall between: nft list ruleset; then: banger plugin reload dns");
    }
    return asked(context, service, address);
  }

  /** Whether the host finds this server, which answers. */
  static Outcome asked(PluginContext context, Service service, InetSocketAddress address)
      throws InterruptedException {
    String at = Endpoint.text(address);
    if (asksHere(context, service, address)) {
      return Outcome.ok(
          "answers on %s; this host asks there for .%s".formatted(at, service.zone().text()));
    }
    return Outcome.warn(
        "answers on %s, but this host does not ask there for .%s; names of VMs lead nowhere"
            .formatted(at, service.zone().text()),
        Routing.remedy(Routing.Host.look(context), service.zone().text(), address));
  }

  /** Through the host's own resolver, as any program would. */
  private static boolean asksHere(PluginContext context, Service service, InetSocketAddress address)
      throws InterruptedException {
    String expected = Service.reachable(address.getAddress()).getHostAddress();
    try {
      ToolResult found =
          context
              .host()
              .run(ToolCall.of(LOOKUP, "getent", "ahosts", service.zone().full(Zone.SERVER)));
      return found.ok() && found.stdout().lines().anyMatch(line -> line.startsWith(expected + " "));
    } catch (CapabilityException e) {
      return false;
    }
  }
}
