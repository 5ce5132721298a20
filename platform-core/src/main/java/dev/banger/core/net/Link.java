package dev.banger.core.net;

import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * A network device as {@code ip} describes it.
 *
 * @param alias what somebody has noted on it; empty when nothing
 * @param mac its hardware address
 * @param master the bridge it is a port of; empty when none
 * @param up whether somebody has switched it on
 * @param carrier whether something is at its other end: for a TAP device, a VMM
 */
record Link(String name, String alias, String mac, String master, boolean up, boolean carrier) {
  static List<Link> of(Json listing) {
    List<Link> links = new ArrayList<>();
    for (Json each : listing.elements()) {
      // For a type of which there is no device, some versions print empty objects.
      if (each.has("ifname")) {
        List<String> flags = each.get("flags").texts();
        links.add(
            new Link(
                each.text("ifname"),
                each.text("ifalias"),
                each.text("address"),
                each.text("master"),
                flags.contains("UP"),
                flags.contains("LOWER_UP")));
      }
    }
    return links;
  }
}
