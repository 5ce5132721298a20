package dev.banger.core.net;

import dev.banger.core.model.BangerException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * TAP devices, some of them made ahead. A device is born with a name of the pool and becomes a VM's
 * in one message to the kernel, which gives it name and mark and switches it on: killed at any
 * point, a daemon leaves only devices that say whose they are. Callers see to it that one thread at
 * a time is here.
 */
final class TapPool {
  private static final int NUMBERS = 1000;

  private final IpTool ip;
  private final NetworkSettings settings;
  private final Deque<String> ready = new ConcurrentLinkedDeque<>();
  private int number;

  TapPool(IpTool ip, NetworkSettings settings) {
    this.ip = ip;
    this.settings = settings;
  }

  /** Makes a device ready for a VM that has none. */
  void give(String device, String alias) throws InterruptedException {
    while (!ready.isEmpty()) {
      String spare = ready.poll();
      if (!ip.exists(spare)) {
        continue;
      }
      try {
        ip.change(List.of(handOver(spare, device, alias)));
        return;
      } catch (BangerException e) {
        // Whatever is wrong with this one, a fresh one will tell; a sweep removes it.
        if (ip.exists(device)) {
          throw e;
        }
      }
    }
    String fresh = nextName();
    List<String> lines = new ArrayList<>(making(fresh));
    lines.add(handOver(fresh, device, alias));
    try {
      ip.change(lines);
    } catch (BangerException e) {
      remove(fresh);
      throw e;
    }
  }

  private static String handOver(String spare, String device, String alias) {
    return "link set dev %s name %s alias %s up".formatted(spare, device, alias);
  }

  /** Puts a VM's device where it belongs, should somebody have moved it. */
  void mend(String device) throws InterruptedException {
    ip.change(
        List.of(
            "link set dev %s master %s addrgenmode none".formatted(device, settings.bridge()),
            "link set dev %s type bridge_slave isolated on".formatted(device),
            "link set dev %s up".formatted(device)));
  }

  private List<String> making(String name) {
    return List.of(
        "tuntap add dev %s mode tap user %d".formatted(name, settings.uid()),
        "link set dev %s alias %s master %s addrgenmode none"
            .formatted(name, NetworkSettings.POOL_ALIAS, settings.bridge()),
        // Guests reach the host and what it forwards, not each other.
        "link set dev %s type bridge_slave isolated on".formatted(name));
  }

  private String nextName() {
    for (int i = 0; i < NUMBERS; i++) {
      number = (number + 1) % NUMBERS;
      String name = "%s%03d".formatted(settings.poolPrefix(), number);
      if (!ip.exists(name)) {
        return name;
      }
    }
    throw new IllegalStateException("all names of the pool are taken");
  }

  /** Makes what is missing of the pool. */
  void fill() throws InterruptedException {
    ready.removeIf(name -> !ip.exists(name));
    while (ready.size() < settings.pool()) {
      String name = nextName();
      try {
        ip.change(making(name));
      } catch (BangerException e) {
        remove(name);
        throw e;
      }
      ready.add(name);
    }
  }

  int size() {
    return ready.size();
  }

  boolean isFull() {
    return ready.size() >= settings.pool();
  }

  /** Removes a device; succeeds when it is not there. */
  void remove(String device) throws InterruptedException {
    if (!ip.exists(device)) {
      return;
    }
    try {
      ip.change(List.of("link del dev " + device));
    } catch (BangerException e) {
      if (ip.exists(device)) {
        throw e;
      }
    }
  }

  /** Removes all of the pool. */
  void drain() throws InterruptedException {
    while (!ready.isEmpty()) {
      remove(ready.poll());
    }
  }

  /** Of these devices those that were made for the pool by a daemon that is no more. */
  Set<String> strays(List<Link> taps) {
    Set<String> strays = new TreeSet<>();
    for (Link tap : taps) {
      boolean marked = tap.alias().isEmpty() || tap.alias().equals(NetworkSettings.POOL_ALIAS);
      if (marked && isOurs(tap.name()) && !ready.contains(tap.name())) {
        strays.add(tap.name());
      }
    }
    return strays;
  }

  private boolean isOurs(String name) {
    return name.startsWith(settings.poolPrefix())
        && name.substring(settings.poolPrefix().length()).matches("\\d{3}");
  }

  /** Tries whether devices can be made here at all. */
  Optional<String> trial() throws InterruptedException {
    String name = nextName();
    try {
      ip.change(List.of("tuntap add dev %s mode tap".formatted(name), "link del dev " + name));
      return Optional.empty();
    } catch (BangerException e) {
      remove(name);
      return Optional.of(e.getMessage());
    }
  }
}
