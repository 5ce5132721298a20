package dev.banger.testkit;

import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import java.util.List;
import java.util.Optional;

/** A store with a moment before and after each write. */
final class WatchedStore implements PluginStore {
  private final PluginStore store;
  private final Faults faults;

  WatchedStore(PluginStore store, Faults faults) {
    this.store = store;
    this.faults = faults;
  }

  @Override
  public <T extends Record> Optional<T> get(String key, Class<T> type) {
    faults.alive();
    return store.get(key, type);
  }

  @Override
  public void put(String key, Record value) {
    faults.moment("before store put " + key);
    store.put(key, value);
    faults.moment("after store put " + key);
  }

  @Override
  public void delete(String key) {
    faults.moment("before store delete " + key);
    store.delete(key);
    faults.moment("after store delete " + key);
  }

  @Override
  public List<String> keys(String prefix) {
    faults.alive();
    return store.keys(prefix);
  }

  @Override
  public PluginStore of(VmView vm) {
    return new WatchedStore(store.of(vm), faults);
  }
}
