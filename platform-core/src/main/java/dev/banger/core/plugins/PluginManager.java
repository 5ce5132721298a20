package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.FoundPlugin.Source;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.InstalledPlugins.Installed;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Carries out what people decide about plugins: first durably, then in the running set. One change
 * at a time. Failures are {@link BangerException}s.
 */
final class PluginManager {
  private final PluginSettings settings;
  private final PluginPorts ports;
  private final InstalledPlugins installed;
  private final Journal journal;
  private final PluginLoader loader;
  private final LoadedVersions versions;
  private final PluginSet set;
  private final Runnable changed;
  private final ReentrantLock turn = new ReentrantLock();
  private boolean closed;

  /**
   * @param changed called after every change, before its result is given
   */
  PluginManager(
      PluginSettings settings,
      PluginPorts ports,
      InstalledPlugins installed,
      Journal journal,
      PluginLoader loader,
      LoadedVersions versions,
      PluginSet set,
      Runnable changed) {
    this.settings = settings;
    this.ports = ports;
    this.installed = installed;
    this.journal = journal;
    this.loader = loader;
    this.versions = versions;
    this.set = set;
    this.changed = changed;
  }

  private <T> T exclusively(Supplier<T> change) {
    turn.lock();
    try {
      if (closed) {
        throw new BangerException(ErrorKind.UNAVAILABLE, "the daemon is stopping");
      }
      return change.get();
    } catch (CapabilityException e) {
      throw Failures.toCore(e);
    } finally {
      turn.unlock();
    }
  }

  void start() {
    exclusively(
        () -> {
          var _ = set.renew(Set.of());
          set.loadDraining();
          changed.run();
          set.settle();
          return null;
        });
  }

  void settle() {
    turn.lock();
    try {
      if (!closed) {
        set.settle();
      }
    } finally {
      turn.unlock();
    }
  }

  void close() {
    turn.lock();
    try {
      closed = true;
      set.close();
    } finally {
      turn.unlock();
    }
  }

  private Map<String, String> renew(String id, boolean afresh) {
    try {
      return set.renew(afresh ? Set.of(id) : Set.of()).failures();
    } finally {
      changed.run();
      set.settle();
    }
  }

  /** Renews; when the plugin does not start, undoes the decision and says so. */
  private void renewOr(String id, Runnable undo, String sentence) {
    String failure;
    try {
      failure = renew(id, true).get(id);
    } catch (RuntimeException e) {
      undo.run();
      throw e;
    }
    if (failure == null) {
      return;
    }
    undo.run();
    var _ = renew(id, false);
    String now =
        versions
            .active(id)
            .map(plugin -> "; " + plugin.version() + " is active as before")
            .orElse("");
    throw new BangerException(
        ErrorKind.INVALID,
        sentence.formatted(failure) + now,
        "mend it, or tell its author; nothing was changed");
  }

  private Optional<Installed> decided(String id) {
    return installed.find(id);
  }

  /** Goes back to what was decided before. */
  private Runnable undo(String id) {
    Optional<Installed> before = decided(id);
    return () -> before.ifPresentOrElse(installed::put, () -> installed.delete(id));
  }

  private FoundPlugin require(String id) {
    return set.known(id)
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.NOT_FOUND,
                    "there is no plugin \"" + id + "\"",
                    "banger plugin list"));
  }

  private PluginChange result(String id, String... notes) {
    Optional<FoundPlugin> found = set.known(id);
    List<String> all = new ArrayList<>(List.of(notes));
    found
        .filter(plugin -> plugin.state() != PluginState.ACTIVE && !plugin.reason().isEmpty())
        .ifPresent(plugin -> all.add(plugin.reason()));
    all.add(blockedWithout(id));
    all.addAll(staying(id));
    all.removeIf(String::isEmpty);
    return new PluginChange(
        id,
        found.map(FoundPlugin::version).orElse(""),
        found.map(FoundPlugin::state).orElse(PluginState.DISABLED),
        String.join("; ", all));
  }

  /** Who cannot do with the plugin as it is now. */
  private String blockedWithout(String id) {
    List<String> blocked =
        set.known().stream()
            .filter(found -> found.state() == PluginState.BLOCKED)
            .filter(found -> found.reason().startsWith("needs plugin " + id + " "))
            .map(FoundPlugin::id)
            .toList();
    return blocked.isEmpty() ? "" : "blocked by that: " + String.join(", ", blocked);
  }

  /** Which versions go later, and when. */
  private List<String> staying(String id) {
    OpenRows rows = OpenRows.of(journal).orElse(OpenRows.NONE);
    List<String> notes = new ArrayList<>();
    for (HostedPlugin plugin : versions.draining()) {
      if (plugin.id().equals(id)) {
        List<String> vms = OpenRows.vms(rows.of(plugin));
        notes.add(
            plugin.version()
                + (vms.isEmpty()
                    ? " stays until the operations that use it have ended"
                    : " stays until %s %s stopped"
                        .formatted(
                            (vms.size() == 1 ? "vm " : "vms ") + String.join(", ", vms),
                            vms.size() == 1 ? "is" : "are")));
      }
    }
    return notes;
  }

  PluginChange enable(String id) {
    return exclusively(
        () -> {
          require(id);
          decide(id, true);
          var _ = renew(id, true);
          return result(id);
        });
  }

  PluginChange disable(String id) {
    return exclusively(
        () -> {
          require(id);
          decide(id, false);
          var _ = renew(id, false);
          return result(id);
        });
  }

  private void decide(String id, boolean enabled) {
    Optional<Installed> before = decided(id);
    if (before.isEmpty() || before.get().current().isEmpty()) {
      if (enabled) {
        installed.delete(id);
      } else {
        installed.put(new Installed(id, false, Optional.empty(), Optional.empty(), Instant.now()));
      }
      return;
    }
    Installed old = before.get();
    installed.put(new Installed(id, enabled, old.current(), old.previous(), old.installedAt()));
  }

  PluginChange reload(String id) {
    return exclusively(
        () -> {
          require(id);
          String failure = renew(id, true).get(id);
          if (failure != null && versions.active(id).isPresent()) {
            throw new BangerException(
                ErrorKind.INVALID,
                "plugin %s does not start: %s; %s is active as before"
                    .formatted(id, failure, versions.active(id).get().version()),
                "banger plugin info " + id);
          }
          return result(id);
        });
  }

  PluginChange remove(String id, boolean purge) {
    return exclusively(
        () -> {
          Optional<Installed> before = decided(id);
          List<JournalRow> rows = OpenRows.of(journal).map(all -> all.of(id)).orElse(List.of());
          if (before.flatMap(Installed::current).isEmpty()) {
            if (purge && set.known(id).isEmpty() && !rows.isEmpty() && !isLoaded(id)) {
              return forgotten(id, rows);
            }
            throw notInstalled(require(id));
          }
          List<String> vms = OpenRows.vms(rows.stream().filter(this::isOfAVm).toList());
          if (purge && !vms.isEmpty()) {
            throw new BangerException(
                ErrorKind.CONFLICT,
                "plugin %s still holds something for vm %s".formatted(id, String.join(", ", vms)),
                "banger vm stop " + String.join(" ", vms));
          }
          String version = before.get().current().get().version();
          if (before.get().enabled()) {
            installed.delete(id);
          } else {
            installed.put(
                new Installed(id, false, Optional.empty(), Optional.empty(), Instant.now()));
          }
          String forgotten = purge ? forget(rows) : "";
          var _ = renew(id, false);
          if (purge) {
            purge(id);
          }
          PluginChange now = result(id, "removed " + version, forgotten);
          return set.known(id).isPresent()
              ? now
              : new PluginChange(id, version, PluginState.DISABLED, now.note());
        });
  }

  private static BangerException notInstalled(FoundPlugin found) {
    return new BangerException(
        ErrorKind.ILLEGAL_STATE,
        found.source() == Source.DEV
            ? "plugin %s is not installed, it is laid over from %s"
                .formatted(found.id(), found.origin())
            : "plugin %s is not installed, it comes with banger or lies in %s"
                .formatted(found.id(), found.origin()),
        "banger plugin %s %s"
            .formatted(found.source() == Source.DEV ? "undev" : "disable", found.id()));
  }

  private boolean isLoaded(String id) {
    try (LoadedVersions.Hold hold = versions.hold()) {
      return hold.keeperOf(id, "").isPresent();
    }
  }

  /** Whether what is held is held for a VM that still exists. */
  boolean isOfAVm(JournalRow row) {
    return ports.vms().stream().anyMatch(vm -> vm.id().value().equals(row.vm().id()));
  }

  /** Nobody is there who could take anything back: what the journal and the store have goes. */
  private PluginChange forgotten(String id, List<JournalRow> rows) {
    String note = forget(rows);
    purge(id);
    return new PluginChange(id, rows.getLast().version(), PluginState.DISABLED, note);
  }

  private String forget(List<JournalRow> rows) {
    rows.forEach(row -> journal.close(row.id(), Optional.empty()));
    return rows.isEmpty()
        ? ""
        : "forgotten, and perhaps still there: "
            + String.join(
                "; ",
                rows.stream()
                    .map(row -> "%s of vm %s".formatted(row.title(), row.vm().name()))
                    .toList());
  }

  private void purge(String id) {
    ports.purge(id);
    Trees.tryDelete(settings.dataRoot().resolve(id));
  }

  PluginChange rollback(String id) {
    return exclusively(
        () -> {
          Optional<Installed> before = decided(id);
          if (before.flatMap(Installed::previous).isEmpty()) {
            require(id);
            throw new BangerException(
                ErrorKind.ILLEGAL_STATE,
                "there is no earlier version of plugin %s to go back to".formatted(id),
                "banger plugin info " + id);
          }
          Installed old = before.get();
          Runnable undo = undo(id);
          installed.put(
              new Installed(
                  id,
                  old.enabled(),
                  /* current= */ old.previous(),
                  /* previous= */ old.current(),
                  Instant.now()));
          renewOr(
              id,
              undo,
              "plugin %s %s does not start: %%s".formatted(id, old.previous().get().version()));
          return result(id);
        });
  }

  Installation install(Path zip, Optional<String> digest, boolean dryRun) {
    return exclusively(
        () -> {
          try (Candidate candidate =
              Candidate.stage(zip, digest, settings, loader, versions.active())) {
            PluginManifest manifest = candidate.found().manifest().orElseThrow();
            String id = manifest.id();
            Optional<String> previous =
                set.known(id).map(FoundPlugin::version).filter(text -> !text.isEmpty());
            Optional<Installed> before = decided(id);
            if (!dryRun) {
              candidate.publish();
              Runnable undo = undo(id);
              InstalledPlugins.Version version = candidate.found().asVersion();
              installed.put(
                  new Installed(
                      id,
                      before.map(Installed::enabled).orElse(true),
                      Optional.of(version),
                      before
                          .flatMap(Installed::current)
                          .filter(old -> !old.equals(version))
                          .or(() -> before.flatMap(Installed::previous)),
                      Instant.now()));
              renewOr(id, undo, "plugin %s does not start: %%s".formatted(manifest.title()));
            }
            return installation(candidate, previous, before, dryRun);
          }
        });
  }

  private Installation installation(
      Candidate candidate, Optional<String> previous, Optional<Installed> before, boolean dryRun) {
    PluginManifest manifest = candidate.found().manifest().orElseThrow();
    List<String> notes = new ArrayList<>(candidate.notes());
    PluginState state = PluginState.ACTIVE;
    if (dryRun) {
      state =
          before.isPresent() && !before.get().enabled() ? PluginState.DISABLED : PluginState.ACTIVE;
    } else {
      PluginChange now = result(manifest.id());
      state = now.state();
      notes.add(now.note());
    }
    if (set.overlays().containsKey(manifest.id())) {
      notes.add("the version under development is used until banger plugin undev");
    }
    notes.removeIf(String::isEmpty);
    return new Installation(
        manifest.id(),
        manifest.version(),
        candidate.found().digest(),
        previous,
        manifest.permissions(),
        manifest.stepNames(),
        manifest.commandPaths(),
        manifest.checkIds(),
        manifest.hooks(),
        manifest.description(),
        state,
        String.join("; ", notes));
  }

  PluginChange dev(Path project) {
    return exclusively(
        () -> {
          try (Candidate candidate =
              Candidate.built(project, settings, loader, versions.active())) {
            String id = candidate.found().id();
            candidate.publish();
            Catalog.Overlay before =
                set.overlays().put(id, new Catalog.Overlay(project, candidate.found().digest()));
            Runnable undo =
                () -> {
                  if (before == null) {
                    set.overlays().remove(id);
                  } else {
                    set.overlays().put(id, before);
                  }
                };
            renewOr(id, undo, "plugin " + id + " does not start: %s");
            return result(id, candidate.notes().toArray(String[]::new));
          }
        });
  }

  PluginChange undev(String id) {
    return exclusively(
        () -> {
          Catalog.Overlay overlay = set.overlays().remove(id);
          if (overlay == null) {
            throw new BangerException(
                ErrorKind.NOT_FOUND,
                "plugin %s is not under development here".formatted(id),
                "banger plugin list");
          }
          var _ = renew(id, false);
          return result(id, "no longer laid over from " + overlay.origin());
        });
  }
}
