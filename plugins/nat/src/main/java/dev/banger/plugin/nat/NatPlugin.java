package dev.banger.plugin.nat;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Lets guests on the bridge reach the outside, each as it was asked for, and not each other. */
public final class NatPlugin implements CapabilityPlugin {
  /** Required: a VM that was promised to be alone does not run among others. */
  static final StepSpec RULES = StepSpec.required("rules", Phase.HOST);

  static final CommandSpec LIST =
      CommandSpec.builder("nat list", "Guests with packet rules, and what they sent to the outside")
          .description(
              "Packets and bytes are those that a guest sent to the world outside of this host since it was started.")
          .example("banger nat list")
          .column("vm", "VM")
          .column("address", "ADDRESS")
          .column("device", "DEVICE")
          .column("outbound", "OUTBOUND")
          .column("packets", "PACKETS")
          .column("bytes", "BYTES")
          .build();

  /** Longer than a load of the rules takes, shorter than a check may. */
  static final Duration TURN = Duration.ofSeconds(3);

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Lets guests reach the outside by NAT, and keeps them from each other");
    registrar.needs(
        Permission.VM_READ,
        Permission.hostTool(Nft.NAME),
        Permission.hostTool(IpTables.NAME),
        Permission.hostTool("iptables-save"),
        Permission.hostTool("sysctl"),
        Permission.hostTool(Connections.NAME));
    registrar.step(RULES, Guest.class, new RulesStep());
    registrar.command(LIST, NatPlugin::list);
    registrar.doctor("nat", RulesCheck::run, RulesCheck::fix);
    registrar.doctor("nat-forward", ForwardCheck::run);
    registrar.watch(NatPlugin::drifted);
    registrar.sweep(
        (exists, context) -> {
          Rules rules = new Rules(context);
          return rules.alone(Duration.ofSeconds(20), () -> rules.sweep(exists));
        });
  }

  /** All guests or none: they share their rules. Where there is none, nothing is run. */
  static Set<String> drifted(PluginContext context) throws Exception {
    Rules rules = new Rules(context);
    return rules.alone(
        TURN,
        () -> {
          Set<String> ids = Set.copyOf(rules.guests().ids());
          return ids.isEmpty() || rules.difference().isEmpty() ? Set.of() : ids;
        });
  }

  static CommandResult list(CommandCall call) throws Exception {
    Rules rules = new Rules(call.context());
    List<Guest> guests = rules.guests().all();
    if (guests.isEmpty()) {
      return CommandResult.rows(List.of());
    }
    Map<String, String> names =
        call.host().vms().stream().collect(Collectors.toMap(VmView::id, VmView::name));
    Map<String, Firewall.Traffic> traffic = rules.alone(TURN, () -> rules.firewall().traffic());
    List<Map<String, ?>> rows = new ArrayList<>();
    for (Guest guest : guests) {
      Firewall.Traffic sent = traffic.getOrDefault(guest.address(), new Firewall.Traffic(0, 0));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("vm", names.getOrDefault(guest.vmId(), guest.vmId()));
      row.put("id", guest.vmId());
      row.put("address", guest.address());
      row.put("device", guest.device());
      row.put("outbound", guest.outbound());
      row.put("packets", sent.packets());
      row.put("bytes", sent.bytes());
      rows.add(row);
    }
    return CommandResult.rows(rows);
  }
}
