package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.StepSpec;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.StepOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings what is loaded in line with what is wanted: who is on disk, switched on, complete, and not
 * in the way of others is active; who was active and is no longer wanted drains. One change at a
 * time: the caller sees to that. Readers need no lock.
 */
final class PluginSet {
  private record Failed(String digest, String reason) {}

  private final PluginSettings settings;
  private final InstalledPlugins installed;
  private final Journal journal;
  private final PluginLoader loader;
  private final LoadedVersions versions;
  private final Map<String, Catalog.Overlay> overlays = new HashMap<>();
  private final Map<String, Failed> failed = new HashMap<>();
  private volatile List<FoundPlugin> known = List.of();

  PluginSet(
      PluginSettings settings,
      InstalledPlugins installed,
      Journal journal,
      PluginLoader loader,
      LoadedVersions versions) {
    this.settings = settings;
    this.installed = installed;
    this.journal = journal;
    this.loader = loader;
    this.versions = versions;
  }

  /** Every plugin there is, with the state it ended up in, in the order in which they start. */
  List<FoundPlugin> known() {
    return known;
  }

  Optional<FoundPlugin> known(String id) {
    return known.stream()
        .filter(found -> found.id().equals(id))
        .min((one, other) -> one.state().compareTo(other.state()));
  }

  /** What authors work on, by id; changed by the caller before a renewal. */
  Map<String, Catalog.Overlay> overlays() {
    return overlays;
  }

  /**
   * What a renewal did.
   *
   * @param loaded versions that were not active before
   * @param failures why versions that were to be loaded are not, by plugin id; a version that was
   *     active before still is
   */
  record Renewed(List<HostedPlugin> loaded, Map<String, String> failures) {}

  /**
   * @param afresh ids of plugins that are loaded anew, even if nothing has changed
   * @throws dev.banger.core.model.BangerException when the configuration cannot be read; nothing
   *     has changed then
   */
  Renewed renew(Set<String> afresh) {
    Renewal renewal = new Renewal(settings.wishes().get(), afresh);
    try {
      return renewal.run();
    } finally {
      versions.exchanged();
    }
  }

  private final class Renewal {
    private final PluginSettings.Wishes wishes;
    private final Set<String> afresh;
    private final Map<String, HostedPlugin> now = new LinkedHashMap<>();
    private final List<FoundPlugin> seen = new ArrayList<>();
    private final List<HostedPlugin> loaded = new ArrayList<>();
    private final Set<HostedPlugin> closed = new HashSet<>();
    private final Map<String, String> failures = new TreeMap<>();

    Renewal(PluginSettings.Wishes wishes, Set<String> afresh) {
      this.wishes = wishes;
      this.afresh = afresh;
    }

    Renewed run() {
      Catalog.Chosen chosen = new Catalog.Chosen(installed.list(), overlays);
      for (FoundPlugin found : Requirements.ordered(Catalog.scan(settings, wishes, chosen))) {
        seen.add(found.state() == PluginState.ACTIVE ? admitted(found) : found);
      }
      List<HostedPlugin> leaving =
          versions.active().stream()
              .filter(plugin -> !now.containsValue(plugin) && !closed.contains(plugin))
              .toList();
      versions.become(List.copyOf(now.values()), leaving);
      leaving.reversed().forEach(HostedPlugin::endAttached);
      known = List.copyOf(seen);
      return new Renewed(List.copyOf(loaded), Map.copyOf(failures));
    }

    private FoundPlugin admitted(FoundPlugin found) {
      Optional<String> lack = Requirements.lacking(found.manifest().orElseThrow(), now);
      if (lack.isPresent()) {
        return found.refused(PluginState.BLOCKED, lack.get());
      }
      HostedPlugin plugin;
      try {
        plugin = version(found);
      } catch (CapabilityException e) {
        failures.put(found.id(), e.getMessage());
        failed.put(found.id(), new Failed(found.digest(), e.getMessage()));
        return kept(found, e.getMessage());
      }
      failed.remove(found.id());
      now.put(plugin.id(), plugin);
      Optional<String> circle = StepOrder.problem(steps());
      if (circle.isPresent()) {
        now.remove(plugin.id());
        if (loaded.remove(plugin)) {
          loader.unload(plugin);
        }
        return found.refused(PluginState.BLOCKED, circle.get());
      }
      return found;
    }

    /** A version that does not start leaves the one before it where it is. */
    private FoundPlugin kept(FoundPlugin found, String reason) {
      Optional<HostedPlugin> before =
          versions
              .active(found.id())
              .filter(plugin -> !closed.contains(plugin))
              .or(() -> loaded.stream().filter(p -> p.id().equals(found.id())).findFirst());
      if (before.isEmpty()) {
        return found.refused(PluginState.FAILED, reason);
      }
      now.put(found.id(), before.get());
      return before.get().found();
    }

    private Map<String, List<StepSpec>> steps() {
      Map<String, List<StepSpec>> steps = new TreeMap<>();
      now.forEach(
          (id, plugin) ->
              steps.put(
                  id, plugin.registration().steps().stream().map(step -> step.spec()).toList()));
      return steps;
    }

    private HostedPlugin version(FoundPlugin found) {
      boolean again = afresh.contains(found.id());
      Optional<HostedPlugin> active = versions.active(found.id());
      Optional<HostedPlugin> same =
          active
              .or(
                  () ->
                      versions.draining().stream()
                          .filter(plugin -> plugin.id().equals(found.id()))
                          .filter(plugin -> plugin.digest().equals(found.digest()))
                          .findFirst())
              .filter(plugin -> !again && plugin.digest().equals(found.digest()));
      if (same.isPresent()) {
        same.get().revive();
        if (active.isEmpty()) {
          loaded.add(same.get());
        }
        return same.get();
      }
      Failed before = failed.get(found.id());
      if (before != null && !again && before.digest().equals(found.digest())) {
        throw new CapabilityException(FailureKind.INVALID, before.reason());
      }
      if (active.isEmpty() || !mayBeClosedFirst(active.get())) {
        return fresh(found);
      }
      // What both need, a port say, is free for the new one then.
      closed.add(active.get());
      loader.unload(active.get());
      try {
        return fresh(found);
      } catch (CapabilityException e) {
        bringBack(active.get().found());
        throw e;
      }
    }

    private boolean mayBeClosedFirst(HostedPlugin plugin) {
      if (!versions.beginExchange(plugin)) {
        return false;
      }
      if (OpenRows.of(journal).filter(rows -> !rows.has(plugin)).isPresent()) {
        return true;
      }
      if (closed.isEmpty()) {
        versions.exchanged();
      }
      return false;
    }

    private HostedPlugin fresh(FoundPlugin found) {
      HostedPlugin plugin = loader.load(found, wishes.tables().getOrDefault(found.id(), Map.of()));
      loaded.add(plugin);
      return plugin;
    }

    private void bringBack(FoundPlugin old) {
      try {
        var _ = fresh(old);
      } catch (CapabilityException e) {
        System.getLogger("banger.plugins")
            .log(System.Logger.Level.WARNING, "plugin " + old.id() + " does not come back", e);
      }
    }
  }

  /**
   * After a start of the daemon: loads the versions that have something open and are not active, so
   * that what they made is taken back by who made it.
   */
  void loadDraining() {
    Map<String, Map<String, Object>> tables = settings.wishes().get().tables();
    Set<String> tried = new HashSet<>();
    for (JournalRow row : OpenRows.of(journal).orElse(OpenRows.NONE).rows()) {
      if (!tried.add(row.plugin() + " " + row.digest())) {
        continue;
      }
      Optional<FoundPlugin> keeper = keeper(row);
      if (keeper.isEmpty()) {
        continue;
      }
      try {
        versions.become(
            versions.active(),
            List.of(loader.load(keeper.get(), tables.getOrDefault(row.plugin(), Map.of()))));
      } catch (CapabilityException e) {
        System.getLogger("banger.plugins")
            .log(
                System.Logger.Level.WARNING,
                "{0} is open and its plugin cannot be loaded: {1}",
                row.title(),
                e.getMessage());
      }
    }
  }

  /** What is to be loaded for a row: the version that began it, else one that may take over. */
  private Optional<FoundPlugin> keeper(JournalRow row) {
    List<HostedPlugin> loaded = new ArrayList<>(versions.active());
    loaded.addAll(versions.draining());
    loaded.removeIf(plugin -> !plugin.id().equals(row.plugin()));
    if (loaded.stream().anyMatch(plugin -> plugin.digest().equals(row.digest()))) {
      return Optional.empty();
    }
    List<FoundPlugin> candidates = new ArrayList<>();
    if (row.digest().matches("[0-9a-f]{64}")) {
      candidates.add(Catalog.inStore(settings, row.plugin(), row.digest()));
    }
    known.stream()
        .filter(found -> found.id().equals(row.plugin()))
        .filter(found -> found.digest().equals(row.digest()) || loaded.isEmpty())
        .forEach(candidates::add);
    return candidates.stream()
        .filter(found -> found.manifest().isPresent() && found.state() != PluginState.FAILED)
        .findFirst();
  }

  /** Unloads what nobody needs any more, and removes its files. */
  void settle() {
    List<HostedPlugin> idle = versions.idle();
    // Looked at after the holds: who has begun something held its version until it was noted.
    Optional<OpenRows> rows = OpenRows.of(journal);
    if (rows.isEmpty()) {
      return;
    }
    for (HostedPlugin plugin : idle.reversed()) {
      if (!isNeeded(plugin, rows.get()) && versions.take(plugin)) {
        loader.unload(plugin);
      }
    }
    tidyUp(rows.get());
  }

  private boolean isNeeded(HostedPlugin plugin, OpenRows rows) {
    if (rows.has(plugin)) {
      return true;
    }
    // The last version of a plugin takes back also what versions began that are gone.
    return versions.active(plugin.id()).isEmpty()
        && rows.of(plugin.id()).stream()
            .anyMatch(
                row ->
                    versions.draining().stream()
                        .noneMatch(other -> other.digest().equals(row.digest())));
  }

  private void tidyUp(OpenRows rows) {
    Set<String> used = new HashSet<>();
    try {
      for (InstalledPlugins.Installed plugin : installed.list()) {
        plugin.current().ifPresent(version -> used.add(version.digest()));
        plugin.previous().ifPresent(version -> used.add(version.digest()));
      }
    } catch (CapabilityException e) {
      return;
    }
    overlays.values().forEach(overlay -> used.add(overlay.digest()));
    rows.rows().forEach(row -> used.add(row.digest()));
    versions.active().forEach(plugin -> used.add(plugin.digest()));
    versions.draining().forEach(plugin -> used.add(plugin.digest()));
    PluginStores.keepOnly(settings.storeDir(), used);
  }

  /** Closes everything, the last first. */
  void close() {
    known = List.of();
    versions.takeAll().reversed().forEach(loader::unload);
  }
}
