package dev.banger.hooks;

import dev.banger.api.VmView;
import java.time.Instant;
import java.util.Map;

/** A VM as plain data. A plain record, as the journal keeps it. */
public record StoredVm(
    String id,
    String name,
    String image,
    String state,
    String address,
    Instant createdAt,
    Map<String, String> labels)
    implements VmView {
  public StoredVm {
    labels = Map.copyOf(labels);
  }

  public static StoredVm of(VmView vm) {
    return vm instanceof StoredVm stored
        ? stored
        : new StoredVm(
            vm.id(), vm.name(), vm.image(), vm.state(), vm.address(), vm.createdAt(), vm.labels());
  }
}
