package dev.banger.hooks;

import dev.banger.api.NetworkView;
import dev.banger.api.VmView;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A VM as plain data. A plain record, as the journal keeps it. */
public record StoredVm(
    String id,
    String name,
    String image,
    String state,
    String address,
    Instant createdAt,
    Map<String, String> labels,
    Optional<StoredNetwork> net)
    implements VmView {
  public StoredVm {
    labels = Map.copyOf(labels);
  }

  /** What was stored before there was more than one kind of network is {@code user}. */
  @Override
  public NetworkView network() {
    return net.orElseGet(() -> StoredNetwork.user(address));
  }

  public static StoredVm of(VmView vm) {
    return vm instanceof StoredVm stored
        ? stored
        : new StoredVm(
            vm.id(),
            vm.name(),
            vm.image(),
            vm.state(),
            vm.address(),
            vm.createdAt(),
            vm.labels(),
            Optional.of(StoredNetwork.of(vm.network())));
  }
}
