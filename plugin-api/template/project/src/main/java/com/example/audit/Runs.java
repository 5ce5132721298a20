package com.example.audit;

import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The log of one VM. It is kept in the store, and dropped with the VM. */
final class Runs {
  private static final String PREFIX = "run/";

  private final PluginStore store;
  private final int keep;

  private Runs(PluginStore store, int keep) {
    this.store = store;
    this.keep = keep;
  }

  static Runs of(PluginContext context, VmView vm) {
    return new Runs(context.store().of(vm), context.config(Settings.class).keep());
  }

  /** Said twice, the first time holds: a step may be started again after a crash. */
  void started(String run, Instant now, String kernel) {
    if (store.get(PREFIX + run, Run.class).isEmpty()) {
      store.put(PREFIX + run, new Run(now, Optional.empty(), kernel));
    }
    List<String> oldestFirst =
        store.keys(PREFIX).stream().sorted(Comparator.comparing(this::startOf)).toList();
    oldestFirst.stream().limit(Math.max(0, oldestFirst.size() - keep)).forEach(store::delete);
  }

  /** Said twice, the first time holds; unknown runs were dropped as too old. */
  void stopped(String run, Instant now) {
    store
        .get(PREFIX + run, Run.class)
        .filter(known -> known.stopped().isEmpty())
        .ifPresent(
            known ->
                store.put(
                    PREFIX + run, new Run(known.started(), Optional.of(now), known.kernel())));
  }

  List<Run> newestFirst() {
    return store.keys(PREFIX).stream()
        .flatMap(key -> store.get(key, Run.class).stream())
        .sorted(Comparator.comparing(Run::started).reversed())
        .toList();
  }

  private Instant startOf(String key) {
    return store.get(key, Run.class).map(Run::started).orElse(Instant.EPOCH);
  }
}
