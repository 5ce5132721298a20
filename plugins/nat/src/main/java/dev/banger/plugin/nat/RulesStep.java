package dev.banger.plugin.nat;

import dev.banger.api.LifecycleStep;
import dev.banger.api.NetworkView;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Optional;

/** Adds a guest to the rules, and takes it out of them. */
final class RulesStep implements LifecycleStep<Guest> {
  @Override
  public Started<Guest> start(StepContext<Guest> context) throws Exception {
    NetworkView network = context.vm().network();
    if (network.mode().equals("user")) {
      return Started.skipped("user-mode network: the VMM does it");
    }
    Rules rules = new Rules(context);
    return rules.alone(
        context.remaining(),
        () -> {
          Guest guest = Guest.of(context.vm(), rules.firewall().name());
          context.intend(guest);
          rules.add(guest);
          return Started.ok(
              guest,
              "%s %s"
                  .formatted(
                      guest.address(), guest.outbound() ? "may reach out" : "may not reach out"));
        });
  }

  @Override
  public Stopped stop(StepContext<Guest> context, Optional<Guest> receipt) throws Exception {
    Rules rules = new Rules(context);
    return rules.alone(
        context.remaining(),
        () -> {
          String id = context.vm().id();
          if (receipt.isEmpty() && rules.guests().find(id).isEmpty()) {
            // Nothing was made without being intended first.
            return Stopped.nothingToDo();
          }
          rules.remove(id, receipt);
          return Stopped.released();
        });
  }

  @Override
  public Observed<Guest> observe(StepContext<Guest> context, Optional<Guest> receipt)
      throws Exception {
    if (receipt.isEmpty()) {
      return Observed.gone();
    }
    Guest known = receipt.get();
    if (context.vm().network().mode().equals("user")) {
      return Observed.drifted(known, "the VM is not on the bridge any more");
    }
    Guest wanted = Guest.of(context.vm(), known.backend());
    if (!wanted.equals(known)) {
      return Observed.drifted(known, changed(known, wanted));
    }
    Rules rules = new Rules(context);
    return rules.alone(
        context.remaining(),
        () -> {
          if (!rules.guests().find(known.vmId()).equals(receipt)) {
            return Observed.gone();
          }
          return rules
              .difference()
              .<Observed<Guest>>map(what -> Observed.drifted(known, what))
              .orElseGet(() -> Observed.present(known));
        });
  }

  private static String changed(Guest known, Guest wanted) {
    if (known.outbound() == wanted.outbound()) {
      return "the VM's address or device changed from %s on %s to %s on %s"
          .formatted(known.address(), known.device(), wanted.address(), wanted.device());
    }
    return wanted.outbound()
        ? "it is to reach the outside, and may not"
        : "it is not to reach the outside any more, and may";
  }
}
