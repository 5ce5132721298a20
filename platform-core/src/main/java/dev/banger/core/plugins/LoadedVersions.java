package dev.banger.core.plugins;

import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which versions are in the process: the active ones, and those that only wait for what they have
 * begun to end. Who holds the versions of a moment keeps all of them loaded. Thread-safe.
 */
final class LoadedVersions implements Participants {
  private List<HostedPlugin> active = List.of();
  private final Set<HostedPlugin> draining = new LinkedHashSet<>();
  private final Map<HostedPlugin, Integer> holds = new HashMap<>();
  private boolean switching;
  private final Runnable released;

  /**
   * @param released called after the last hold on a draining version was given back; quick
   */
  LoadedVersions(Runnable released) {
    this.released = released;
  }

  synchronized List<HostedPlugin> active() {
    return active;
  }

  synchronized List<HostedPlugin> draining() {
    return List.copyOf(draining);
  }

  synchronized Optional<HostedPlugin> active(String id) {
    return active.stream().filter(plugin -> plugin.id().equals(id)).findFirst();
  }

  /** Waits while one version is being exchanged for another. */
  @Override
  public Hold hold() {
    synchronized (this) {
      awaitExchange();
      return held(active, List.copyOf(draining));
    }
  }

  /** Holds one active version alone. */
  synchronized Optional<Hold> hold(String id) {
    awaitExchange();
    return active(id).map(plugin -> held(List.of(plugin), List.of()));
  }

  private Hold held(List<HostedPlugin> ofActive, List<HostedPlugin> ofDraining) {
    Hold hold = new Hold(ofActive, ofDraining);
    hold.all().forEach(plugin -> holds.merge(plugin, 1, Integer::sum));
    return hold;
  }

  /** Not interruptible: it takes as long as a plugin may take to close and to open. */
  private synchronized void awaitExchange() {
    boolean interrupted = false;
    while (switching) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The versions of a moment. */
  final class Hold implements Held {
    private final List<HostedPlugin> active;
    private final List<HostedPlugin> draining;
    private boolean closed;

    private Hold(List<HostedPlugin> active, List<HostedPlugin> draining) {
      this.active = active;
      this.draining = draining;
    }

    private List<HostedPlugin> all() {
      List<HostedPlugin> all = new ArrayList<>(active);
      all.addAll(draining);
      return all;
    }

    @Override
    public List<Participant> active() {
      return List.copyOf(active);
    }

    List<HostedPlugin> plugins() {
      return active;
    }

    @Override
    public Optional<Participant> keeperOf(String pluginId, String digest) {
      List<HostedPlugin> versions =
          all().stream().filter(plugin -> plugin.id().equals(pluginId)).toList();
      return versions.stream()
          .filter(plugin -> plugin.digest().equals(digest))
          .findFirst()
          .or(() -> versions.stream().findFirst())
          .map(Participant.class::cast);
    }

    @Override
    public void close() {
      boolean waited = false;
      synchronized (LoadedVersions.this) {
        if (closed) {
          return;
        }
        closed = true;
        for (HostedPlugin plugin : all()) {
          holds.computeIfPresent(plugin, (_, count) -> count == 1 ? null : count - 1);
          waited |= !holds.containsKey(plugin) && LoadedVersions.this.draining.contains(plugin);
        }
      }
      if (waited) {
        released.run();
      }
    }
  }

  /** Nobody is given a hold until {@link #exchanged}, if the version is held by nobody now. */
  synchronized boolean beginExchange(HostedPlugin plugin) {
    if (holds.containsKey(plugin)) {
      return false;
    }
    switching = true;
    return true;
  }

  synchronized void exchanged() {
    switching = false;
    notifyAll();
  }

  /**
   * @param now the active ones from now on, in the order in which they were started
   * @param leaving versions that may still be needed
   */
  synchronized void become(List<HostedPlugin> now, Collection<HostedPlugin> leaving) {
    active = List.copyOf(now);
    draining.addAll(leaving);
    draining.removeAll(now);
  }

  /** Draining versions that nobody holds. */
  synchronized List<HostedPlugin> idle() {
    return draining.stream().filter(plugin -> !holds.containsKey(plugin)).toList();
  }

  /** Takes a draining version out, unless somebody has come to hold it. */
  synchronized boolean take(HostedPlugin plugin) {
    return !holds.containsKey(plugin) && draining.remove(plugin);
  }

  synchronized boolean isHeld(HostedPlugin plugin) {
    return holds.containsKey(plugin);
  }

  /** Everything that is loaded, the draining ones first. */
  synchronized List<HostedPlugin> takeAll() {
    List<HostedPlugin> all = new ArrayList<>(draining);
    all.addAll(active);
    active = List.of();
    draining.clear();
    return all;
  }
}
