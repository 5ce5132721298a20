package dev.banger.core.boot;

import dev.banger.core.plugins.HookExtensions;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.store.SqlitePluginStore;
import dev.banger.hooks.StoredVm;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What the hooks meet around the engine: the running set of plugins and their store. */
record Around(PluginRuntime plugins, SqlitePluginStore stores)
    implements HookExtensions.Surroundings {
  @Override
  public Optional<String> refusal() {
    return plugins.refusal();
  }

  @Override
  public void happened(StoredVm vm, String type, String reason) {
    plugins.happened(vm, type, reason, Instant.now());
  }

  @Override
  public void forget(String vmId) {
    stores.dropVm(vmId);
  }

  @Override
  public List<String> remarks(String vmId) {
    return plugins.remarks(vmId);
  }

  @Override
  public List<String> uses(StoredVm vm) throws InterruptedException {
    return plugins.uses(vm);
  }

  @Override
  public Set<String> drifted() throws InterruptedException {
    return plugins.drifted();
  }

  @Override
  public void sweep(Predicate<String> exists) {
    plugins.sweepAll(exists);
  }
}
