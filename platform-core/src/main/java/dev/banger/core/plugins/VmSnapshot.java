package dev.banger.core.plugins;

import dev.banger.api.VmView;
import dev.banger.core.model.VmRecord;
import java.time.Instant;
import java.util.Map;

/** What a plugin sees of a {@link VmRecord}. */
record VmSnapshot(
    String id,
    String name,
    String image,
    String state,
    String address,
    Instant createdAt,
    Map<String, String> labels)
    implements VmView {
  static VmSnapshot of(VmRecord vm) {
    return new VmSnapshot(
        vm.id().value(),
        vm.name(),
        vm.spec().image(),
        vm.state().wireName(),
        vm.address(),
        vm.createdAt(),
        vm.spec().labels());
  }
}
