package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck.Outcome;
import dev.banger.api.PluginContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether the rules of running guests are loaded. */
final class RulesCheck {
  /** For its turn; leaves a fix the time to load them. */
  private static final Duration FIX = Duration.ofSeconds(15);

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

  /** Loads the rules of all guests again, and turns forwarding on where one of them needs it. */
  static String fix(PluginContext context) throws Exception {
    Rules rules = new Rules(context);
    return rules.alone(
        FIX,
        () -> {
          int guests = rules.guests().ids().size();
          if (guests == 0) {
            return "";
          }
          rules.restore();
          return "loaded the rules of %s again".formatted(guests(guests));
        });
  }

  private static String guests(int count) {
    return count == 1 ? "1 guest" : count + " guests";
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
    String count = guests(guests.size());
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
                    "load them again: banger doctor --fix"))
        .orElseGet(() -> Outcome.ok(where + count));
  }
}
