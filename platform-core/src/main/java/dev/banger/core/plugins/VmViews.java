package dev.banger.core.plugins;

import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.VmRecord;
import dev.banger.hooks.StoredNetwork;
import dev.banger.hooks.StoredVm;
import java.util.Optional;

/** What a plugin sees of a {@link VmRecord}. */
public final class VmViews {
  private VmViews() {}

  /** In user mode. */
  public static StoredVm of(VmRecord vm) {
    return of(vm, new HostNetwork.User(vm.address()));
  }

  public static StoredVm of(VmRecord vm, HostNetwork.Plan network) {
    return new StoredVm(
        vm.id().value(),
        vm.name(),
        vm.spec().image(),
        vm.state().wireName(),
        network.address(),
        vm.createdAt(),
        vm.spec().labels(),
        Optional.of(
            new StoredNetwork(
                network.mode(),
                network.address(),
                network.device(),
                network.bridge(),
                network.subnet(),
                vm.spec().nat(),
                Optional.of(vm.address()).filter(address -> !address.isEmpty()))));
  }
}
