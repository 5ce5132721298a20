package dev.banger.core.net;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 network.
 *
 * @param base its first address, as a number
 * @param prefix 0 to 32
 */
record Subnet(long base, int prefix) {
  private static final Pattern SHAPE =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");

  Subnet {
    base &= mask(prefix);
  }

  private static long mask(int prefix) {
    return prefix == 0 ? 0 : 0xffffffffL << (32 - prefix) & 0xffffffffL;
  }

  /**
   * @param cidr an address alone is a network of one
   */
  static Optional<Subnet> parse(String cidr) {
    Matcher parts = SHAPE.matcher(cidr);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long address = 0;
    for (int i = 1; i <= 4; i++) {
      int octet = Integer.parseInt(parts.group(i));
      if (octet > 255) {
        return Optional.empty();
      }
      address = address << 8 | octet;
    }
    int prefix = parts.group(5) == null ? 32 : Integer.parseInt(parts.group(5));
    return prefix > 32 ? Optional.empty() : Optional.of(new Subnet(address, prefix));
  }

  /** The n-th address. */
  String address(long n) {
    return dotted(base + n);
  }

  String gateway() {
    return address(1);
  }

  /**
   * The address of a VM.
   *
   * @param loopback its address in user mode, 127.77.a.b: a.b is its lease, unique on this host
   */
  String addressOf(String loopback) {
    Subnet own =
        parse(loopback)
            .orElseThrow(() -> new IllegalArgumentException("not an address: " + loopback));
    return address(own.base & 0xffff);
  }

  boolean overlaps(Subnet other) {
    long wider = mask(Math.min(prefix, other.prefix));
    return (base & wider) == (other.base & wider);
  }

  /** The hardware address that goes with an address: locally administered, and as unique. */
  static String mac(String address) {
    long bits =
        parse(address)
            .orElseThrow(() -> new IllegalArgumentException("not an address: " + address))
            .base;
    return "06:00:%02x:%02x:%02x:%02x"
        .formatted(bits >> 24 & 255, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
  }

  private static String dotted(long address) {
    return "%d.%d.%d.%d"
        .formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
  }

  @Override
  public String toString() {
    return dotted(base) + "/" + prefix;
  }
}
