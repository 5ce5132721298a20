package dev.banger.plugin.ports;

import dev.banger.api.CapabilityHost;
import dev.banger.api.VmView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The forwarded ports of all VMs. */
final class Forwarder {
  private final CapabilityHost host;
  private final PortsSettings settings;
  private final System.Logger log;
  private final BiConsumer<String, List<String>> remarks;
  private final Map<String, VmForwards> running = new ConcurrentHashMap<>();

  Forwarder(CapabilityHost host, PortsSettings settings, System.Logger log) {
    this(host, settings, log, (_, _) -> {});
  }

  /**
   * @param host good for as long as this is
   * @param remarks told for a VM's id which ports are not forwarded
   */
  Forwarder(
      CapabilityHost host,
      PortsSettings settings,
      System.Logger log,
      BiConsumer<String, List<String>> remarks) {
    this.remarks = remarks;
    this.host = host;
    this.settings = settings;
    this.log = log;
  }

  /** Begins anew when it is running already. */
  void begin(VmView vm) {
    VmForwards begun =
        new VmForwards(host, vm, settings, log, lines -> remarks.accept(vm.id(), lines));
    VmForwards before = running.put(vm.id(), begun);
    if (before != null) {
      before.close();
    }
    begun.begin();
  }

  /** Returns when its ports are free. */
  boolean end(String vmId) throws InterruptedException {
    VmForwards ending = running.remove(vmId);
    if (ending == null) {
      return false;
    }
    ending.close();
    ending.join();
    return true;
  }

  Optional<VmForwards> of(String vmId) {
    return Optional.ofNullable(running.get(vmId));
  }

  List<VmForwards> all() {
    return List.copyOf(running.values());
  }

  void close() throws InterruptedException {
    List<VmForwards> ending = all();
    running.clear();
    ending.forEach(VmForwards::close);
    for (VmForwards one : ending) {
      one.join();
    }
  }
}
