package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes the records and the host agree when the daemon starts: adopts what is alive, tears down
 * what the dead left, finishes deletions, undoes creates that were cut short, and removes
 * directories and VMMs that belong to no record. Each VM on its own thread: one that hangs delays
 * no other.
 */
public final class Reconciler {
  private static final Logger LOG = Logger.getLogger(Reconciler.class.getName());

  /** How long the daemon's start waits; what takes longer goes on behind it. */
  private static final Duration START_LIMIT = Duration.ofSeconds(15);

  private final VmContext context;

  public Reconciler(VmContext context) {
    this.context = context;
  }

  /** What was found. */
  public record Report(int adopted, int down, int removed, List<String> problems) {}

  public Report run() throws InterruptedException {
    VmStore.Listing listing = context.store().list();
    List<String> problems = new ArrayList<>();
    listing
        .broken()
        .forEach(row -> problems.add("vm record %s: %s".formatted(row.id(), row.reason())));
    Set<String> known = new HashSet<>();
    listing.vms().forEach(vm -> known.add(vm.id().value()));
    listing.broken().forEach(row -> known.add(row.id()));
    Map<Found, Integer> counts = new EnumMap<>(Found.class);
    List<Thread> threads = new ArrayList<>();
    Set<VmId> settled = Settled.among(context, listing.vms());
    counts.put(Found.DOWN, settled.size());
    for (VmRecord vm : listing.vms()) {
      if (settled.contains(vm.id())) {
        continue;
      }
      threads.add(
          guarded(
              vm.name(),
              problems,
              () -> {
                Found found = context.locked(vm, () -> reconcile(context.reload(vm)));
                synchronized (counts) {
                  counts.merge(found, 1, Integer::sum);
                }
              }));
    }
    for (VmId orphan : context.directories().present()) {
      if (!known.contains(orphan.value())) {
        threads.add(guarded(orphan.value(), problems, () -> removeOrphan(orphan)));
      }
    }
    long end = System.nanoTime() + START_LIMIT.toNanos();
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
    synchronized (counts) {
      synchronized (problems) {
        return new Report(
            counts.getOrDefault(Found.ADOPTED, 0),
            counts.getOrDefault(Found.DOWN, 0),
            counts.getOrDefault(Found.REMOVED, 0),
            List.copyOf(problems));
      }
    }
  }

  private enum Found {
    ADOPTED,
    DOWN,
    REMOVED
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static Thread guarded(String name, List<String> problems, Work work) {
    return Thread.ofVirtual()
        .name("reconcile-" + name)
        .start(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (Exception e) {
                LOG.log(Level.WARNING, "vm=" + name + " could not be reconciled", e);
                synchronized (problems) {
                  problems.add("vm %s: %s".formatted(name, e.getMessage()));
                }
              }
            });
  }

  private Found reconcile(VmRecord vm) throws InterruptedException {
    VmPaths paths = context.paths(vm);
    if (vm.provisional() || vm.state() instanceof VmState.Deleting) {
      new DeleteVm(context).delete(vm, Progress.NONE);
      return Found.REMOVED;
    }
    Optional<VmHandles> hint = context.scratch().read(paths);
    Optional<VmHandles> alive = context.drivers().observe(paths, hint);
    if (alive.isPresent() && vm.state() instanceof VmState.Running) {
      // Older daemons did not note it, and could not change it either.
      Launched launched = context.scratch().launched(paths).orElseGet(() -> Launched.of(vm.spec()));
      context.scratch().write(paths, alive.get(), launched);
      context.network().adopt(vm);
      LiveVms.Live live = context.adopt(vm, alive.get(), launched);
      context.disks().workDiskGrowth(paths).ifPresent(live::growthRemark);
      notePause(vm, live);
      try (Steps steps = Steps.of(context, vm, Progress.NONE)) {
        steps
            .recover()
            .forEach(line -> LOG.log(Level.INFO, "vm={0} {1}", new Object[] {vm.name(), line}));
      }
      return Found.ADOPTED;
    }
    try (Steps steps = Steps.of(context, vm, Progress.NONE)) {
      TakeDown.all(context, vm, steps);
      settle(vm, hint);
      if (!steps.pending().isEmpty()) {
        TakeDown.settle(context, context.reload(vm), new VmEvent.WentDown(), steps);
      }
    }
    return Found.DOWN;
  }

  /** A VMM that does not answer, because it is stopped itself, is no less alive. */
  private void notePause(VmRecord vm, LiveVms.Live live) {
    try {
      if (context
          .drivers()
          .of(live.handles())
          .isPaused(context.paths(vm), live.handles(), LifecycleSettings.ASK_LIMIT)) {
        live.paused("it was when the daemon started");
      }
    } catch (BangerException e) {
      LOG.log(
          Level.WARNING,
          "vm={0} does not say whether it is paused: {1}",
          new Object[] {vm.name(), e.getMessage()});
    }
  }

  /**
   * The VM is down now; what its record says depends on what it was doing when we were not there.
   */
  private void settle(VmRecord vm, Optional<VmHandles> hint) {
    switch (vm.state()) {
      case VmState.Running() -> {
        if (hint.isPresent() && bootedSince(hint.get())) {
          context.apply(vm, new VmEvent.WentDown());
        } else {
          crashed(vm, "its VMM was gone when the daemon started");
        }
      }
      case VmState.Starting() -> crashed(vm, "the daemon ended while the VM was starting");
      case VmState.Stopping(), VmState.CleanupPending(_) ->
          context.apply(vm, new VmEvent.WentDown());
      case VmState.Stopped(), VmState.Failed(_), VmState.Deleting() -> {}
    }
  }

  private void crashed(VmRecord vm, String cause) {
    context.apply(vm.withLastError(cause), new VmEvent.Crashed(cause));
  }

  /** A VMM of an earlier boot of this host was ended by the reboot, which is nobody's fault. */
  private static boolean bootedSince(VmHandles handles) {
    return !handles.hostBootId().isEmpty() && !handles.hostBootId().equals(HostBoot.id());
  }

  private void removeOrphan(VmId id) throws Exception {
    VmPaths paths = context.directories().paths(id);
    LOG.log(Level.INFO, "vm={0} has no record: removing what it left", id);
    Optional<VmHandles> alive = context.drivers().observe(paths, context.scratch().read(paths));
    alive.ifPresent(
        handles ->
            context.drivers().of(handles).kill(paths, handles, LifecycleSettings.KILL_LIMIT));
    VmRecord ghost =
        new VmRecord(
            id,
            new VmSpec(id.value(), "", 1, 64, 0, 0, false, "auto", Map.of()),
            new VmState.Deleting(),
            "",
            0,
            Instant.EPOCH,
            Optional.empty(),
            "",
            true);
    context.release(ghost);
    context.directories().delete(paths);
  }
}
