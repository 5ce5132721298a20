package dev.banger.core.plugins;

import dev.banger.hooks.InstalledPlugins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Decisions that last as long as the test. */
final class FakeInstalledPlugins implements InstalledPlugins {
  private final Map<String, Installed> rows = new ConcurrentSkipListMap<>();

  @Override
  public List<Installed> list() {
    return List.copyOf(rows.values());
  }

  @Override
  public Optional<Installed> find(String id) {
    return Optional.ofNullable(rows.get(id));
  }

  @Override
  public void put(Installed plugin) {
    rows.put(plugin.id(), plugin);
  }

  @Override
  public void delete(String id) {
    rows.remove(id);
  }
}
