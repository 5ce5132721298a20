package dev.banger.plugin.ports;

import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How listeners of one guest are reached from the host, and which are not. */
final class Reach {
  private final VmView vm;
  private final String name;
  private final Optional<VmForwards> forwards;
  private final Map<Integer, GuestListener> reached;

  /**
   * @param name by what the VM's address is called
   * @param reached who answers on each port, see {@link Listening#reached}
   */
  Reach(
      VmView vm, String name, Optional<VmForwards> forwards, Map<Integer, GuestListener> reached) {
    this.vm = vm;
    this.name = name;
    this.forwards = forwards;
    this.reached = new HashMap<>(reached);
  }

  /**
   * @param host empty when there is no way to it; {@code note} says why then
   */
  record Way(String host, String note) {
    boolean isOpen() {
      return !host.isEmpty();
    }
  }

  Way to(GuestListener listener) {
    if (listener.elsewhere()) {
      return new Way("", "in a network namespace of its own");
    }
    return Listening.isDirect(listener, vm.network()) ? new Way(name, "") : forwarded(listener);
  }

  private Way forwarded(GuestListener listener) {
    if (listener.protocol().equals("udp")) {
      return new Way("", "in the guest only");
    }
    GuestListener answering = reached.get(listener.port());
    if (answering != null && !Listening.isSame(answering, listener)) {
      return new Way("", "behind %s on the same port".formatted(shown(answering)));
    }
    if (forwards.isEmpty()) {
      return new Way("", "not forwarded");
    }
    if (forwards.get().forwarded().contains(listener.port())) {
      // Its name leads to the guest's own address where it has one.
      String address = forwards.get().address();
      return new Way(address.equals(vm.network().address()) ? name : address, "");
    }
    if (forwards.get().isExcluded(listener.port())) {
      return new Way("", "not forwarded: excluded in the configuration");
    }
    return new Way("", forwards.get().refused().getOrDefault(listener.port(), "not forwarded yet"));
  }

  private static String shown(GuestListener listener) {
    return listener.process().isEmpty() ? "another process" : listener.process();
  }
}
