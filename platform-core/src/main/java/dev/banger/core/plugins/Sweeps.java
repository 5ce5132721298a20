package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.Sweeper;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Lets plugins remove what belongs to no VM, each one sweep at a time. Thread-safe. */
final class Sweeps {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MAX_LINES = 100;

  private final LoadedVersions versions;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private Set<HostedPlugin> seen = Set.of();
  private Predicate<String> exists;

  Sweeps(LoadedVersions versions) {
    this.versions = versions;
  }

  /** Sweeps with every active plugin, beside the caller. */
  void all(Predicate<String> vmExists) {
    synchronized (this) {
      exists = vmExists;
    }
    versions.active().forEach(plugin -> begin(plugin, vmExists));
  }

  /** Sweeps with those that have become active; not before {@link #all} was called once. */
  void become(List<HostedPlugin> active) {
    Set<HostedPlugin> fresh = new HashSet<>(active);
    Predicate<String> vmExists;
    synchronized (this) {
      fresh.removeAll(seen);
      seen = Set.copyOf(active);
      vmExists = exists;
    }
    if (vmExists != null) {
      fresh.forEach(plugin -> begin(plugin, vmExists));
    }
  }

  private void begin(HostedPlugin plugin, Predicate<String> vmExists) {
    plugin
        .registration()
        .sweeper()
        .filter(_ -> underWay.add(plugin.id()))
        .ifPresent(
            sweeper ->
                Thread.ofVirtual()
                    .name("sweep-" + plugin.id())
                    .start(() -> sweep(plugin, sweeper, vmExists)));
  }

  private void sweep(HostedPlugin plugin, Sweeper sweeper, Predicate<String> vmExists) {
    System.Logger log = System.getLogger("banger.plugin." + plugin.id());
    try (LoadedVersions.Hold _ = versions.hold()) {
      List<String> removed =
          plugin
              .gate()
              .enter(
                  "sweep",
                  LIMIT,
                  lease ->
                      sweeper.sweep(vmExists, plugin.context(lease)).stream()
                          .limit(MAX_LINES)
                          .map(line -> line.substring(0, Math.min(200, line.length())))
                          .toList());
      removed.forEach(line -> log.log(System.Logger.Level.INFO, "swept: {0}", line));
    } catch (CapabilityException e) {
      log.log(System.Logger.Level.WARNING, "sweep: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.remove(plugin.id());
    }
  }
}
