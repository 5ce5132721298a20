package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Locking.LockedBody;
import dev.banger.api.PluginContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The rules of all guests together. Whoever looks at them or changes them does so alone. */
final class Rules {
  private static final String LOCK = "rules";

  private final PluginContext context;
  private final Guests guests;
  private final Tool tool;

  Rules(PluginContext context) {
    this.context = context;
    this.guests = new Guests(context.store());
    this.tool = new Tool(context.host());
  }

  Guests guests() {
    return guests;
  }

  Tool tool() {
    return tool;
  }

  <T> T alone(Duration wait, LockedBody<T> body) throws Exception {
    return context.host().withLock(LOCK, wait, body);
  }

  /**
   * What filters packets here: what does so already for the guests that run, because two of them at
   * a time would drop each other's guests; else nft before iptables.
   */
  Firewall firewall() {
    return firewall(
        guests.all().stream().map(Guest::backend).findFirst().or(this::preferred).orElse(Nft.NAME));
  }

  /** What guests would be filtered with if there were none yet. */
  Optional<String> preferred() {
    return Stream.of(Nft.NAME, IpTables.NAME).filter(this::isThere).findFirst();
  }

  private Firewall firewall(String name) {
    if (!isThere(name)) {
      throw new CapabilityException(
          FailureKind.UNAVAILABLE,
          name + " is not installed, and guests on the bridge cannot be kept apart without it",
          "apt install nftables; or network.mode = \"user\" in the configuration");
    }
    return name.equals(Nft.NAME) ? new Nft(tool) : new IpTables(tool);
  }

  private boolean isThere(String name) {
    return context.host().find(name).isPresent();
  }

  /** Adds a guest, or replaces what it was. */
  void add(Guest guest) throws InterruptedException {
    guests.put(guest);
    settle(firewall());
  }

  /**
   * Removes a guest, whether it is there or not.
   *
   * @param receipt what is known of it; it says how packets were filtered when no guest is left to
   */
  void remove(String vmId, Optional<Guest> receipt) throws InterruptedException {
    Firewall firewall =
        guests.ids().isEmpty() && receipt.isPresent()
            ? firewall(receipt.get().backend())
            : firewall();
    Optional<String> address = guests.find(vmId).or(() -> receipt).map(Guest::address);
    guests.remove(vmId);
    settle(firewall);
    if (address.isPresent()) {
      // After its rules, or it would make new ones.
      new Connections(tool).forget(address.get());
    }
  }

  /** Makes the kernel what the list of guests says. */
  private void settle(Firewall firewall) throws InterruptedException {
    List<Guest> all = guests.all();
    Forwarding forwarding = new Forwarding(context, tool, firewall);
    boolean outbound = all.stream().anyMatch(Guest::outbound);
    // Rules are there whenever the host passes packets on for us.
    if (!outbound) {
      forwarding.off();
    }
    firewall.load(all);
    if (outbound) {
      forwarding.on();
    }
  }

  /** Makes everything anew, whatever there is. */
  void restore() throws InterruptedException {
    settle(firewall());
  }

  /** How the kernel differs from what the list of guests says. Changes nothing. */
  Optional<String> difference() throws InterruptedException {
    List<Guest> all = guests.all();
    Firewall firewall = firewall();
    Optional<String> difference = firewall.difference(all);
    if (difference.isEmpty()
        && all.stream().anyMatch(Guest::outbound)
        && !new Forwarding(context, tool, firewall).isOn()) {
      return Optional.of("net.ipv4.ip_forward is 0");
    }
    return difference;
  }

  /** Removes rules of VMs that do not exist; a line for each. */
  List<String> sweep(Predicate<String> exists) throws InterruptedException {
    List<String> removed = new ArrayList<>();
    for (String id : guests.ids()) {
      if (!exists.test(id)) {
        remove(id, Optional.empty());
        removed.add("rules of VM " + id);
      }
    }
    if (guests.ids().isEmpty()) {
      orphans(exists, removed);
    }
    return removed;
  }

  /** Rules that the list does not know, because what the plugin had stored was purged. */
  private void orphans(Predicate<String> exists, List<String> removed) throws InterruptedException {
    for (String name : List.of(Nft.NAME, IpTables.NAME)) {
      if (!isThere(name)) {
        continue;
      }
      Firewall firewall = firewall(name);
      Set<String> tagged = firewall.tagged();
      if (firewall.isThere() && tagged.stream().noneMatch(exists)) {
        settle(firewall);
        removed.add(
            tagged.isEmpty() ? "rules for nobody" : "rules of VM " + String.join(", ", tagged));
      }
    }
  }
}
