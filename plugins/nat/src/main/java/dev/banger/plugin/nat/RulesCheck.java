package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck.Outcome;
import dev.banger.api.PluginContext;
import java.util.List;
import java.util.Optional;

/** Whether the rules of running guests are loaded. */
final class RulesCheck {
  private RulesCheck() {}

  static Outcome run(PluginContext context) throws Exception {
    Rules rules = new Rules(context);
    try {
      return rules.alone(NatPlugin.TURN, () -> look(rules));
    } catch (CapabilityException e) {
      return Outcome.fail(
          e.getMessage(), e.hint().isEmpty() ? "see why: banger daemon logs" : e.hint());
    }
  }

  private static Outcome look(Rules rules) throws InterruptedException {
    List<Guest> guests = rules.guests().all();
    Optional<String> tool = rules.preferred();
    if (guests.isEmpty()) {
      // Not looked at: that takes root's rights, which a host without a bridge does not give.
      return tool.map(name -> Outcome.ok(name + " is there; no guest needs rules now"))
          .orElseGet(
              () ->
                  Outcome.warn(
                      "neither nft nor iptables is installed; guests cannot be on a bridge",
                      "apt install nftables"));
    }
    String count = guests.size() == 1 ? "1 guest" : guests.size() + " guests";
    String where =
        rules.firewall().name().equals(Nft.NAME)
            ? "nftables table banger loaded, "
            : "chains BANGER-* of iptables loaded, ";
    return rules
        .difference()
        .map(
            what ->
                Outcome.fail(
                    "the rules of %s are not as they should be: %s".formatted(count, what),
                    "load them again: banger vm repair --all"))
        .orElseGet(() -> Outcome.ok(where + count));
  }
}
