package dev.banger.plugin.dns;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.xbill.DNS.Name;

/** Which name leads where, at one moment. Immutable; names compare without regard to case. */
final class Table {
  private final Map<Name, InetAddress> addresses;
  private final Set<Name> between;

  private Table(Map<Name, InetAddress> addresses, Set<Name> between) {
    this.addresses = addresses;
    this.between = between;
  }

  /**
   * @param entries stored earlier, perhaps by another version: what is malformed is left out
   */
  static Table of(Zone zone, Collection<Entry> entries, InetAddress server) {
    Map<Name, InetAddress> addresses = new HashMap<>();
    Set<Name> between = new HashSet<>();
    addresses.put(zone.server(), server);
    for (Entry entry : entries) {
      Optional<InetAddress> address = address(entry.address());
      for (String relative : entry.names()) {
        Optional<Name> name =
            HostNames.isValid(relative) ? zone.inside(relative) : Optional.empty();
        if (name.isPresent() && address.isPresent()) {
          addresses.putIfAbsent(name.get(), address.get());
          // Names between this one and the apex exist, too, if only as a place.
          for (Name up = new Name(name.get(), 1); !up.equals(zone.apex()); up = new Name(up, 1)) {
            between.add(up);
          }
        }
      }
    }
    return new Table(Map.copyOf(addresses), Set.copyOf(between));
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  Optional<InetAddress> address(Name name) {
    return Optional.ofNullable(addresses.get(name));
  }

  /** Whether there is something at or below that name. */
  boolean exists(Name name) {
    return addresses.containsKey(name) || between.contains(name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Table table
        && table.addresses.equals(addresses)
        && table.between.equals(between);
  }

  @Override
  public int hashCode() {
    return addresses.hashCode();
  }
}
