package dev.banger.core.plugins;

import dev.banger.core.model.VmRecord;
import dev.banger.hooks.StoredNetwork;
import dev.banger.hooks.StoredVm;
import java.util.Optional;

/** What a plugin sees of a {@link VmRecord}. */
public final class VmViews {
  private VmViews() {}

  public static StoredVm of(VmRecord vm) {
    return new StoredVm(
        vm.id().value(),
        vm.name(),
        vm.spec().image(),
        vm.state().wireName(),
        vm.address(),
        vm.createdAt(),
        vm.spec().labels(),
        Optional.of(new StoredNetwork("user", vm.address(), "", "", "", vm.spec().nat())));
  }
}
