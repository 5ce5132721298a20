package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.Column;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.GuestListener;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code vm ports}. */
final class PortsCommand {
  static final CommandSpec SPEC =
      CommandSpec.builder("vm ports", "Show what listens in VMs, and where it is reached")
          .description(
              "Servers that speak HTTP or HTTPS are shown as addresses to open. Without a VM, all"
                  + " that run.\nWith --watch: what appears and what goes, until Ctrl-C.")
          .example("banger vm ports web")
          .example("banger vm ports web db --watch")
          .example("banger vm ports web -o json")
          .arg(ValueSpec.optional("vm", ValueType.VM, "which VMs; all that run if none").many())
          .option(ValueSpec.flag("watch", "go on, and show what changes"))
          .liveWith("watch")
          .column(new Column("change", "CHANGE").unlessEmpty())
          .column(new Column("vm", "VM").unlessEmpty())
          .column("proto", "PROTO")
          .column(new Column("endpoint", "ENDPOINT").linkedTo("url"))
          .column("process", "PROCESS")
          .column("command", "COMMAND")
          .column(new Column("note", "NOTE").unlessEmpty())
          .build();

  private static final Duration SCAN = Duration.ofSeconds(20);

  private final PortTable table;
  private final Forwarder forwarder;

  PortsCommand(PortTable table, Forwarder forwarder) {
    this.table = table;
    this.forwarder = forwarder;
  }

  CommandResult run(CommandCall call) throws InterruptedException {
    boolean isSingle = call.list("vm").size() == 1;
    if (call.flag("watch")) {
      new PortsWatch(table, call)
          .run(
              vms(
                  call,
                  failure -> {
                    throw failure;
                  }));
      return CommandResult.none();
    }
    List<CapabilityException> failures = new ArrayList<>();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (VmRows each : collect(call, vms(call, failures::add))) {
      each.failure().ifPresent(failures::add);
      rows.addAll(each.rows(!isSingle));
    }
    if (isSingle && !failures.isEmpty()) {
      throw failures.getFirst();
    }
    return CommandResult.rows(rows).withFailures(failures);
  }

  /**
   * @param unknown told of each reference that is none; those that are have a table all the same
   */
  private static List<VmView> vms(CommandCall call, Consumer<CapabilityException> unknown) {
    List<String> refs = call.list("vm");
    if (refs.isEmpty()) {
      return call.host().vms().stream()
          .filter(VmView::isRunning)
          .sorted(java.util.Comparator.comparing(VmView::name))
          .toList();
    }
    Map<String, VmView> vms = new LinkedHashMap<>();
    for (String ref : refs) {
      try {
        VmView vm = call.host().resolve(ref);
        vms.putIfAbsent(vm.id(), vm);
      } catch (CapabilityException e) {
        unknown.accept(e);
      }
    }
    return List.copyOf(vms.values());
  }

  /** All VMs beside each other: one that does not answer costs the others nothing. */
  private List<VmRows> collect(CommandCall call, List<VmView> vms) throws InterruptedException {
    List<VmRows> all = new ArrayList<>();
    for (VmView vm : vms) {
      all.add(new VmRows(vm, call));
    }
    try {
      for (VmRows each : all) {
        each.thread.join();
      }
    } finally {
      all.forEach(each -> each.thread.interrupt());
    }
    return all;
  }

  private final class VmRows {
    private final VmView vm;
    private final Thread thread;
    private List<Map<String, Object>> rows = List.of();
    private List<Map<String, Object>> named = List.of();
    private CapabilityException failure;

    VmRows(VmView vm, CommandCall call) {
      this.vm = vm;
      this.thread = Thread.ofVirtual().name("ports-of-" + vm.name()).start(() -> scan(call));
    }

    private void scan(CommandCall call) {
      try {
        forwarder.of(vm.id()).ifPresent(VmForwards::refresh);
        List<GuestListener> listeners = call.host().listeners(vm, SCAN);
        List<Row> made = List.copyOf(table.rows(call.host(), vm, listeners));
        rows = made.stream().map(row -> row.fields(false)).toList();
        named = made.stream().map(row -> row.fields(true)).toList();
      } catch (CapabilityException e) {
        failure = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    List<Map<String, Object>> rows(boolean isNamed) {
      return isNamed ? named : rows;
    }

    /** Names its VM: there may be others. */
    Optional<CapabilityException> failure() {
      return Optional.ofNullable(failure)
          .map(
              e ->
                  String.valueOf(e.getMessage()).contains(vm.name())
                      ? e
                      : new CapabilityException(
                          e.kind(), vm.name() + ": " + e.getMessage(), e.hint(), e));
    }
  }
}
