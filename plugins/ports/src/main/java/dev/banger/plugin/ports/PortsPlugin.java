package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.FailureKind;
import dev.banger.api.OpenContext;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import java.time.Duration;
import java.util.Optional;

/** See the package. */
public final class PortsPlugin implements CapabilityPlugin {
  static final StepSpec FORWARD =
      StepSpec.bestEffort("forward", Phase.GUEST)
          .startWithin(Duration.ofSeconds(5))
          .stopWithin(Duration.ofSeconds(10));

  private volatile Opened opened;

  /** What is there while the plugin is open. */
  private record Opened(Forwarder forwarder, PortsCommand command) {}

  @Override
  public void register(Registrar registrar) {
    registrar.describe(
        "Shows what listens in guests, and forwards it to the VM's loopback address");
    registrar.needs(
        Permission.VM_READ,
        Permission.GUEST_PORTS,
        Permission.GUEST_DIAL,
        Permission.hostTool(NameLookup.TOOL));
    registrar.config(PortsSettings.DEFAULTS);
    registrar.step(FORWARD, ForwardReceipt.class, new ForwardStep(() -> opened().forwarder()));
    registrar.command(PortsCommand.SPEC, call -> opened().command().run(call));
    registrar.use(
        (vm, _) ->
            opened().forwarder().of(vm.id()).flatMap(VmForwards::use).map(port -> "port " + port));
    registrar.doctor("ports", _ -> PortsCheck.run(opened().forwarder()));
  }

  @Override
  public void open(OpenContext context) {
    PortsSettings settings = context.config(PortsSettings.class);
    Forwarder forwarder = new Forwarder(context.host(), settings, context.log(), context::remark);
    PortTable table =
        new PortTable(forwarder, new Probes(settings.probeTimeout()), new NameLookup());
    opened = new Opened(forwarder, new PortsCommand(table, forwarder));
  }

  @Override
  public void close() throws InterruptedException {
    Opened closing = opened;
    opened = null;
    if (closing != null) {
      closing.forwarder().close();
    }
  }

  private Opened opened() {
    return Optional.ofNullable(opened)
        .orElseThrow(
            () -> new CapabilityException(FailureKind.ILLEGAL_STATE, "the plugin is not open"));
  }
}
