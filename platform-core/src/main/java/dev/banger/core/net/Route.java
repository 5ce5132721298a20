package dev.banger.core.net;

import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the host sends packets for a network.
 *
 * @param device empty when it refuses them
 */
record Route(Subnet to, String device) {
  static List<Route> of(Json listing) {
    List<Route> routes = new ArrayList<>();
    for (Json each : listing.elements()) {
      Subnet.parse(each.text("dst"))
          .ifPresent(subnet -> routes.add(new Route(subnet, each.text("dev"))));
    }
    return routes;
  }
}
