package dev.banger.hooks;

import dev.banger.api.NetworkView;
import java.util.Optional;

/** A VM's network as plain data. A plain record, as the journal keeps it. */
public record StoredNetwork(
    String mode,
    String address,
    String device,
    String bridge,
    String subnet,
    boolean outbound,
    Optional<String> loopback)
    implements NetworkView {
  /** In user mode the VM's address is its loopback address, also when that was not stored yet. */
  public StoredNetwork {
    if (loopback.isEmpty() && mode.equals("user") && !address.isEmpty()) {
      loopback = Optional.of(address);
    }
  }

  public static StoredNetwork user(String address) {
    return new StoredNetwork("user", address, "", "", "", true, Optional.empty());
  }

  public static StoredNetwork of(NetworkView network) {
    return network instanceof StoredNetwork stored
        ? stored
        : new StoredNetwork(
            network.mode(),
            network.address(),
            network.device(),
            network.bridge(),
            network.subnet(),
            network.outbound(),
            network.loopback());
  }
}
