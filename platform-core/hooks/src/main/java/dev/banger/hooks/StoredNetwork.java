package dev.banger.hooks;

import dev.banger.api.NetworkView;

/** A VM's network as plain data. A plain record, as the journal keeps it. */
public record StoredNetwork(
    String mode, String address, String device, String bridge, String subnet, boolean outbound)
    implements NetworkView {
  public static StoredNetwork of(NetworkView network) {
    return network instanceof StoredNetwork stored
        ? stored
        : new StoredNetwork(
            network.mode(),
            network.address(),
            network.device(),
            network.bridge(),
            network.subnet(),
            network.outbound());
  }
}
