package dev.banger.plugin.dns;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.FailureKind;
import dev.banger.api.Launch;
import dev.banger.api.OpenContext;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** See the package. */
public final class DnsPlugin implements CapabilityPlugin {
  static final StepSpec RECORD =
      StepSpec.bestEffort("record", Phase.HOST)
          .startWithin(Duration.ofSeconds(10))
          .stopWithin(Duration.ofSeconds(10));

  static final StepSpec ROUTE =
      StepSpec.bestEffort("route", Phase.HOST)
          .after("dns/record")
          .startWithin(Duration.ofSeconds(20))
          .stopWithin(Duration.ofSeconds(15));

  static final CommandSpec LIST =
      CommandSpec.builder("dns list", "List the names of running VMs")
          .description(
              "Each running VM has its own name in the zone, and those of its label dns: banger vm"
                  + " create web --label dns=api,db.web")
          .example("banger dns list")
          .column("name", "NAME")
          .column("address", "ADDRESS")
          .column("vm", "VM")
          .column("ttl", "TTL")
          .build();

  static final CommandSpec STATUS =
      CommandSpec.builder("dns status", "Show where names of VMs are answered")
          .example("banger dns status")
          .column("zone", "ZONE")
          .column("listen", "LISTEN")
          .column("state", "STATE")
          .column("problem", "PROBLEM")
          .build();

  private final RouteStep route;
  private volatile Service service;

  public DnsPlugin() {
    this(vm -> vm.network().mode().equals("bridge") ? vm.network().bridge() : "");
  }

  /**
   * @param bridge the bridge a VM is on, or nothing
   */
  DnsPlugin(Function<VmView, String> bridge) {
    this.route = new RouteStep(this::service, bridge);
  }

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Names for VMs: answers NAME.vm over DNS while the VM runs");
    registrar.needs(
        Permission.VM_READ, Permission.hostTool("getent"), Permission.hostTool("resolvectl"));
    registrar.config(DnsSettings.DEFAULTS);
    registrar.validate((vm, _) -> HostNames.problems(vm));
    registrar.contribute((vm, launch, _) -> endpoint(vm, launch));
    registrar.step(RECORD, RecordReceipt.class, new RecordStep(this::service));
    registrar.step(ROUTE, RouteReceipt.class, route);
    registrar.watch(route::drifted);
    registrar.sweep(this::sweep);
    registrar.command(LIST, this::list);
    registrar.command(STATUS, _ -> CommandResult.object(status()));
    registrar.doctor("dns", context -> DnsCheck.run(context, service()), route::fix);
  }

  @Override
  public void open(OpenContext context) {
    Service opened = Service.of(context);
    service = opened;
    opened.listening().begin();
    context.background("server", opened.listening()::run);
  }

  @Override
  public void close() {
    Service closing = service;
    service = null;
    if (closing != null) {
      closing.listening().close();
    }
  }

  /** Its own name, as RFC 4501 writes it; clients are shown it as the VM's name in DNS. */
  private void endpoint(VmView vm, Launch launch) {
    if (HostNames.isValid(vm.name())) {
      launch.endpoint("name", "dns:" + service().zone().full(vm.name()));
    }
  }

  private Service service() {
    return Optional.ofNullable(service)
        .orElseThrow(
            () -> new CapabilityException(FailureKind.ILLEGAL_STATE, "the plugin is not open"));
  }

  private List<String> sweep(Predicate<String> exists, PluginContext context) throws Exception {
    List<String> removed = new ArrayList<>(Records.sweep(context, exists, service().table()));
    removed.addAll(route.sweep(exists, context));
    return removed;
  }

  private CommandResult list(CommandCall call) {
    Service running = service();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Entry entry : Records.all(call.context().store()).values()) {
      for (String name : entry.names()) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", running.zone().full(name));
        row.put("address", entry.address());
        row.put("vm", entry.vm());
        row.put("ttl", running.settings().ttl().toSeconds() + " s");
        rows.add(row);
      }
    }
    rows.sort(Comparator.comparing(row -> (String) row.get("name")));
    return CommandResult.rows(rows);
  }

  private Map<String, Object> status() {
    Service running = service();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("zone", running.zone().text());
    fields.put(
        "listen",
        Endpoint.text(running.listening().address().orElse(running.listening().wanted())));
    fields.put("state", running.listening().address().isPresent() ? "answering" : "silent");
    fields.put("problem", running.listening().problem().orElse(""));
    return fields;
  }
}
