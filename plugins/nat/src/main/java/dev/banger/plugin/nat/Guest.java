package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.NetworkView;
import dev.banger.api.VmView;
import java.util.regex.Pattern;

/**
 * A guest on the bridge, and what it may: the receipt of step {@code rules}, and what all rules are
 * made from. Everything in it goes into rules as it stands, and is checked for that.
 *
 * @param vmId 12 hexadecimal digits
 * @param device the host's end, {@code bgr-...}
 * @param bridge what the device is on
 * @param address the only IPv4 address the guest may send from
 * @param mac the only one it may send from, as nft prints it
 * @param outbound whether it may reach the world outside of this host
 * @param backend {@code nft} or {@code iptables}
 */
record Guest(
    String vmId,
    String device,
    String bridge,
    String address,
    String mac,
    boolean outbound,
    String backend) {
  /** Devices of guests begin with it. What begins so and is nobody's may not send anything. */
  static final String DEVICES = "bgr-";

  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
  private static final Pattern DEVICE = Pattern.compile(DEVICES + "[a-zA-Z0-9_-]{1,11}");
  private static final Pattern BRIDGE = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,14}");
  private static final Pattern ADDRESS =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
  private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}(:(?!$)|$)){6}");
  private static final Pattern BACKEND = Pattern.compile("nft|iptables");

  Guest {
    check(ID, "id of a VM", vmId);
    check(DEVICE, "device of a guest", device);
    check(BRIDGE, "bridge", bridge);
    check(ADDRESS, "IPv4 address", address);
    check(MAC, "MAC address", mac);
    check(BACKEND, "way to filter packets", backend);
  }

  private static void check(Pattern shape, String what, String value) {
    if (!shape.matcher(value).matches()) {
      throw new IllegalArgumentException("\"%s\" is not the %s".formatted(value, what));
    }
  }

  /**
   * As the VM is on the network now.
   *
   * @throws CapabilityException of kind {@code INVALID} when that cannot be put into rules
   */
  static Guest of(VmView vm, String backend) {
    NetworkView network = vm.network();
    try {
      return new Guest(
          vm.id(),
          network.device(),
          network.bridge(),
          network.address(),
          mac(network.address()),
          network.outbound(),
          backend);
    } catch (IllegalArgumentException e) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "VM %s cannot be kept apart from others: %s".formatted(vm.name(), e.getMessage()),
          "stop it and start it again",
          e);
    }
  }

  /** The core gives a guest this one for its address: 06:00 and the four bytes. */
  private static String mac(String address) {
    check(ADDRESS, "IPv4 address", address);
    StringBuilder mac = new StringBuilder("06:00");
    for (String part : address.split("\\.", 4)) {
      mac.append(":%02x".formatted(Integer.parseInt(part)));
    }
    return mac.toString();
  }

  /** Carried by whatever is in the kernel for this guest. */
  String tag() {
    return "banger:" + vmId;
  }
}
