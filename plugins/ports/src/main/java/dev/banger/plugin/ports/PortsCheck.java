package dev.banger.plugin.ports;

import dev.banger.api.DoctorCheck.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Whether all ports that are to be forwarded are. */
final class PortsCheck {
  private static final int SHOWN = 3;

  private PortsCheck() {}

  static Outcome run(Forwarder forwarder) {
    int open = 0;
    List<String> refused = new ArrayList<>();
    for (VmForwards vm : forwarder.all()) {
      open += vm.forwarded().size();
      vm.refused().values().forEach(why -> refused.add(vm.vm().name() + ": " + why));
    }
    if (refused.isEmpty()) {
      return Outcome.ok(
          open == 1 ? "1 port of guests is forwarded" : open + " ports of guests are forwarded");
    }
    String more = refused.size() > SHOWN ? " and %d more".formatted(refused.size() - SHOWN) : "";
    return Outcome.warn(
        String.join("; ", refused.subList(0, Math.min(SHOWN, refused.size()))) + more,
        "see what has the address: ss -ltnp; ports below 1024 need root, or sysctl"
            + " net.ipv4.ip_unprivileged_port_start; banger vm proxy NAME PORT reaches them too");
  }
}
