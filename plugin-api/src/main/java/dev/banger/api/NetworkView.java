package dev.banger.api;

import java.util.Optional;

/** How a VM is on the network. Immutable. */
public interface NetworkView {
  /**
   * {@code user}: no privileges, the guest is behind its VMM, and {@link #address} is a loopback
   * address of the host that stands for it. {@code bridge}: the guest itself has {@link #address},
   * on a bridge of the host. More may come.
   */
  String mode();

  /** IPv4 address by which the host reaches the VM, for example {@code 172.30.0.7}. */
  String address();

  /**
   * A loopback address of the host that is this VM's alone, for example {@code 127.77.0.7}: in mode
   * {@code user} it is {@link #address}, in the others it stands beside that and leads nowhere
   * until something listens there. Empty where the host keeps none.
   */
  default Optional<String> loopback() {
    return Optional.empty();
  }

  /** The host's device for this VM, at most 15 characters; empty in mode {@code user}. */
  String device();

  /** The bridge; empty in mode {@code user}. */
  String bridge();

  /** All guests' addresses in CIDR notation; empty in mode {@code user}. */
  String subnet();

  /** Whether the VM is to reach the world outside of this host. */
  boolean outbound();
}
