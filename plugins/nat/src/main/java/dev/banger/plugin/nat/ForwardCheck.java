package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck.Outcome;
import dev.banger.api.PluginContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether what guests send really leaves the host. That a rule of ours accepts a packet does not
 * stop another program's from dropping it, so packets are counted first: connections that were let
 * out here, and those that were still there when they left. Where no guest has tried yet, what
 * other programs have loaded is looked at.
 */
final class ForwardCheck {
  /** SYN packets of a connection that is just being made are no evidence. */
  private static final int ENOUGH = 3;

  private ForwardCheck() {}

  /** Somebody who filters what is forwarded. */
  private record Blocker(String who, String remedy) {}

  static Outcome run(PluginContext context) throws Exception {
    Rules rules = new Rules(context);
    try {
      return rules.alone(NatPlugin.TURN, () -> look(rules));
    } catch (CapabilityException e) {
      return Outcome.warn(
          "cannot tell whether guests reach the outside: " + e.getMessage(),
          e.hint().isEmpty() ? "see why: banger daemon logs" : e.hint());
    }
  }

  private static Outcome look(Rules rules) throws InterruptedException {
    List<Guest> outbound = rules.guests().all().stream().filter(Guest::outbound).toList();
    if (outbound.isEmpty()) {
      return Outcome.ok("no guest on a bridge is to reach the outside now");
    }
    Firewall firewall = rules.firewall();
    Firewall.Passed passed = firewall.passed();
    Optional<Blocker> blocker = blocker(rules.tool(), firewall, Ruleset.bridge(outbound));
    long lost = passed.letOut() - passed.leftTheHost();
    // A peer that does not answer costs packets too, so some that left count for more than some
    // that
    // did not, unless somebody is there who drops them.
    if (lost >= ENOUGH
        && (passed.leftTheHost() == 0 || (blocker.isPresent() && lost > passed.leftTheHost()))) {
      return Outcome.fail(
          "%d of %d packets that guests began connections with did not leave this host: %s"
              .formatted(
                  lost,
                  passed.letOut(),
                  blocker.map(found -> found.who() + " drops them").orElse("something drops them")),
          blocker
              .map(Blocker::remedy)
              .orElse("look for who drops what is forwarded: nft list ruleset"));
    }
    if (passed.leftTheHost() > 0) {
      return Outcome.ok("what guests send leaves this host");
    }
    return blocker
        .map(
            found ->
                Outcome.warn(
                    found.who() + " drops what is forwarded; guests will not reach the outside",
                    found.remedy()))
        .orElseGet(() -> Outcome.ok("nobody drops what is forwarded for guests"));
  }

  private static Optional<Blocker> blocker(Tool tool, Firewall firewall, String bridge)
      throws InterruptedException {
    // Chains of iptables end where one of ours accepts, whatever the policy is.
    return firewall.name().equals(Nft.NAME) ? ofNft(tool, bridge) : Optional.empty();
  }

  private static Optional<Blocker> ofNft(Tool tool, String bridge) throws InterruptedException {
    for (Map.Entry<String, String> table : Nft.forwarders(tool).entrySet()) {
      boolean firewalld = table.getKey().endsWith(" firewalld");
      boolean drops =
          table.getValue().matches("(?s).*hook forward [^\\n]*policy drop.*") || firewalld;
      if (!drops || table.getKey().startsWith("ip6 ")) {
        continue;
      }
      String[] name = table.getKey().split(" ");
      String rules = tool.output(List.of("nft", "list", "table", name[0], name[1]));
      // Somebody who names the bridge has been told about it already.
      if (!rules.contains('"' + bridge + '"')) {
        return Optional.of(
            firewalld ? firewalld(bridge) : named(rules, "table " + table.getKey(), bridge));
      }
    }
    return Optional.empty();
  }

  private static Blocker named(String rules, String where, String bridge) {
    // ufw first: where both are, it is ufw's policy that drops.
    if (rules.contains("ufw-user-forward") || rules.contains("ufw-before-forward")) {
      return new Blocker(
          "ufw", "ufw route allow in on %1$s; ufw route allow out on %1$s".formatted(bridge));
    }
    if (rules.contains("DOCKER-USER")) {
      return new Blocker(
          "Docker",
          "iptables -I DOCKER-USER -i %1$s -j ACCEPT; iptables -I DOCKER-USER -o %1$s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
              .formatted(bridge));
    }
    return new Blocker(
        where,
        "let it accept what comes from %1$s, and what goes to %1$s of known connections: iptables -I FORWARD -i %1$s -j ACCEPT; iptables -I FORWARD -o %1$s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
            .formatted(bridge));
  }

  private static Blocker firewalld(String bridge) {
    return new Blocker(
        "firewalld",
        "firewall-cmd --permanent --zone=trusted --add-interface=%s; firewall-cmd --reload"
            .formatted(bridge));
  }
}
