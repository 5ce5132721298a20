package dev.banger.testkit;

import dev.banger.api.NetworkView;
import dev.banger.api.VmView;
import dev.banger.hooks.StoredNetwork;
import java.time.Instant;
import java.util.Map;

/** A VM that is only talked about. */
public record FakeVm(
    String id,
    String name,
    String image,
    String state,
    String address,
    NetworkView network,
    Instant createdAt,
    Map<String, String> labels)
    implements VmView {
  /** A VM in user mode that may reach the outside. */
  public FakeVm(
      String id,
      String name,
      String image,
      String state,
      String address,
      Instant createdAt,
      Map<String, String> labels) {
    this(id, name, image, state, address, StoredNetwork.user(address), createdAt, labels);
  }

  /** A running VM with an id made from its name. */
  public static FakeVm running(String name) {
    return new FakeVm(
        "%012x".formatted(name.hashCode() & 0xffffffffL),
        name,
        "tiny",
        "running",
        "127.77.0.2",
        Instant.EPOCH,
        Map.of());
  }

  public FakeVm in(String newState) {
    return new FakeVm(id, name, image, newState, address, network, createdAt, labels);
  }

  /** The same on a bridge; its loopback address stays. */
  public FakeVm on(String device, String bridgeAddress, boolean outbound) {
    return new FakeVm(
        id,
        name,
        image,
        state,
        bridgeAddress,
        new StoredNetwork(
            "bridge",
            bridgeAddress,
            device,
            "br-banger",
            "172.30.0.0/16",
            outbound,
            network.loopback()),
        createdAt,
        labels);
  }
}
