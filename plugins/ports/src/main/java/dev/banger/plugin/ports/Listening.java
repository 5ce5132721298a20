package dev.banger.plugin.ports;

import dev.banger.api.GuestListener;
import dev.banger.api.NetworkView;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which of a guest's listeners answers on a port, and what their addresses mean. */
final class Listening {
  private Listening() {}

  static boolean isWildcard(String address) {
    return address.equals("0.0.0.0") || address.equals("::");
  }

  /** Whether the guest has an address of its own and this is reached there. */
  static boolean isDirect(GuestListener listener, NetworkView network) {
    return network.mode().equals("bridge")
        && (isWildcard(listener.address()) || listener.address().equals(network.address()));
  }

  /** As the agent of a guest connects: by IPv4's loopback, by IPv6's, and to what is left. */
  private static int rank(GuestListener listener) {
    return switch (listener.address()) {
      case "127.0.0.1" -> 0;
      case "0.0.0.0" -> 1;
      case "::" -> 2;
      case "::1" -> 3;
      default -> 4;
    };
  }

  /** For each TCP port that can be connected to, who answers. */
  static Map<Integer, GuestListener> reached(List<GuestListener> listeners) {
    Map<Integer, GuestListener> reached = new TreeMap<>();
    listeners.stream()
        .filter(listener -> listener.protocol().equals("tcp") && !listener.elsewhere())
        .sorted(Comparator.comparingInt(Listening::rank))
        .forEach(listener -> reached.putIfAbsent(listener.port(), listener));
    return reached;
  }

  /** The ports of those that are not reached without a forward. */
  static SortedSet<Integer> indirect(Map<Integer, GuestListener> reached, NetworkView network) {
    SortedSet<Integer> ports = new TreeSet<>();
    reached.forEach(
        (port, listener) -> {
          if (!isDirect(listener, network)) {
            ports.add(port);
          }
        });
    return ports;
  }

  /** Whether who connects to the one may as well have connected to the other. */
  static boolean isSame(GuestListener one, GuestListener other) {
    return rank(one) == rank(other)
        || (one.pid() == other.pid() && one.process().equals(other.process()));
  }

  /** The address in the guest, all addresses being a star. */
  static String place(GuestListener listener) {
    return host(isWildcard(listener.address()) ? "*" : listener.address(), listener.port());
  }

  static String host(String host, int port) {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
