package dev.banger.plugin.ports;

import dev.banger.api.CapabilityHost;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes rows of what listens in a guest. */
final class PortTable {
  private static final Comparator<GuestListener> ORDER =
      Comparator.comparingInt(GuestListener::port).thenComparing(GuestListener::protocol);

  /** The guest tells of a port here and to the forwards separately, each within about a second. */
  static final Duration SETTLED = Duration.ofSeconds(2);

  private final Forwarder forwarder;
  private final Probes probes;
  private final NameLookup names;

  private final Duration patience;

  PortTable(Forwarder forwarder, Probes probes, NameLookup names) {
    this(forwarder, probes, names, SETTLED);
  }

  /**
   * @param patience how long to wait for the forwards to hear of a port
   */
  PortTable(Forwarder forwarder, Probes probes, NameLookup names, Duration patience) {
    this.patience = patience;
    this.forwarder = forwarder;
    this.probes = probes;
    this.names = names;
  }

  /**
   * Waits up to 2 s for the forwards to hear of these listeners.
   *
   * @param host good for this call
   */
  Set<Row> rows(CapabilityHost host, VmView vm, List<GuestListener> listeners)
      throws InterruptedException {
    Map<Integer, GuestListener> reached = Listening.reached(listeners);
    Map<Integer, Service> services = probes.of(host, vm, List.copyOf(reached.values()));
    settle(vm, reached);
    Reach reach = new Reach(vm, names.of(host, vm), forwarder.of(vm.id()), reached);
    Set<Row> rows = new LinkedHashSet<>();
    listeners.stream()
        .sorted(ORDER)
        .forEach(
            listener -> {
              boolean answers =
                  reached.containsKey(listener.port())
                      && Listening.isSame(reached.get(listener.port()), listener);
              rows.add(
                  row(
                      vm,
                      listener,
                      reach.to(listener),
                      answers ? services.get(listener.port()) : null));
            });
    return rows;
  }

  Optional<VmForwards> forwards(VmView vm) {
    return forwarder.of(vm.id());
  }

  private void settle(VmView vm, Map<Integer, GuestListener> reached) throws InterruptedException {
    Optional<VmForwards> forwards = forwarder.of(vm.id());
    if (forwards.isPresent()) {
      Set<Integer> ports = Listening.indirect(reached, vm.network());
      var _ = forwards.get().awaitKnown(ports, patience);
    }
  }

  /**
   * @param service null when it is not known
   */
  private static Row row(VmView vm, GuestListener listener, Reach.Way way, Service service) {
    boolean isTcp = listener.protocol().equals("tcp") && !listener.elsewhere();
    String proto = isTcp && service != null ? service.word() : listener.protocol();
    String place =
        way.isOpen() ? Listening.host(way.host(), listener.port()) : Listening.place(listener);
    boolean isWeb = isTcp && service != null && service.isWeb() && way.isOpen();
    String url = isWeb ? proto + "://" + place : "";
    return new Row(
        vm.name(),
        proto,
        isWeb ? url : place,
        listener.port(),
        listener.process(),
        listener.command(),
        url,
        way.note());
  }
}
