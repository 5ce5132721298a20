package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.InstalledPlugins.Installed;
import dev.banger.hooks.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The running set of plugins and how it is changed: first a decision, durably, then the set. One
 * change at a time. Failures are {@link BangerException}s.
 */
final class Exchange {
  private final InstalledPlugins installed;
  private final Journal journal;
  private final LoadedVersions versions;
  private final PluginSet set;
  private final Runnable changed;
  private final ReentrantLock turn = new ReentrantLock();
  private boolean closed;

  /**
   * @param changed called after every change, before its result is given
   */
  Exchange(
      InstalledPlugins installed,
      Journal journal,
      LoadedVersions versions,
      PluginSet set,
      Runnable changed) {
    this.installed = installed;
    this.journal = journal;
    this.versions = versions;
    this.set = set;
    this.changed = changed;
  }

  InstalledPlugins installed() {
    return installed;
  }

  PluginSet set() {
    return set;
  }

  LoadedVersions versions() {
    return versions;
  }

  OpenRows rows() {
    return OpenRows.of(journal).orElse(OpenRows.NONE);
  }

  /** One change at a time; what it throws of the plugins' kind comes out as the core's. */
  <T> T exclusively(Supplier<T> change) {
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

  /**
   * Brings the running set to what is decided now.
   *
   * @param afresh whether the plugin is loaded anew even if nothing was decided about it
   * @return why plugins did not start, by id
   */
  Map<String, String> renew(String id, boolean afresh) {
    try {
      return set.renew(afresh ? Set.of(id) : Set.of()).failures();
    } finally {
      changed.run();
      set.settle();
    }
  }

  /** Renews; when the plugin does not start, undoes the decision and says so. */
  void renewOr(String id, Runnable undo, String sentence) {
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

  /** What people have decided about a plugin. */
  Optional<Installed> decided(String id) {
    return installed.find(id);
  }

  /** Goes back to what was decided before. */
  Runnable undo(String id) {
    Optional<Installed> before = decided(id);
    return () -> before.ifPresentOrElse(installed::put, () -> installed.delete(id));
  }

  /**
   * @throws BangerException of kind NOT_FOUND
   */
  FoundPlugin require(String id) {
    return set.known(id)
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.NOT_FOUND,
                    "there is no plugin \"" + id + "\"",
                    "banger plugin list"));
  }

  /** How the plugin is now, with remarks. */
  PluginChange result(String id, String... notes) {
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
    OpenRows rows = rows();
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
    return notes.stream().distinct().toList();
  }
}
