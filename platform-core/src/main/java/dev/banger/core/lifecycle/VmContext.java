package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The parts that starting, stopping and deleting share. Whoever changes a VM does so inside {@link
 * #locked}.
 */
public record VmContext(
    VmStore store,
    VmDirectories directories,
    HandlesScratch scratch,
    Drivers drivers,
    ImageCatalog images,
    DiskProvisioner disks,
    HostNetwork network,
    Extensions extensions,
    LiveVms live,
    VmLocks locks,
    Upkeep upkeep,
    LifecycleSettings settings) {

  VmPaths paths(VmRecord vm) {
    return directories.paths(vm.id());
  }

  /** What it asks of its driver. */
  Drivers.Needs needs(VmRecord vm) {
    return new Drivers.Needs(
        network.plan(vm) instanceof HostNetwork.User,
        disks.rootFormat(paths(vm)).or(disks::wantedRootFormat));
  }

  <T> T locked(VmRecord vm, Callable<T> body) throws Exception {
    return locked(vm, Progress.NONE, body);
  }

  /** The same, telling whoever watches when another request has to end first. */
  <T> T locked(VmRecord vm, Progress progress, Callable<T> body) throws Exception {
    if (progress instanceof Operation operation) {
      try (VmUses.Use _ = live.uses().open(vm.id(), operation.verb())) {
        return inTurn(vm, progress, body);
      }
    }
    return inTurn(vm, progress, body);
  }

  private <T> T inTurn(VmRecord vm, Progress progress, Callable<T> body) throws Exception {
    return locks.with(
        vm.id(),
        vm.name(),
        LifecycleSettings.LOCK_LIMIT,
        () -> progress.stage("wait_turn", "note", "another request on this VM runs first"),
        body);
  }

  /** The record as it is now; another request may have changed or removed it meanwhile. */
  VmRecord reload(VmRecord vm) {
    return store
        .find(vm.id())
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.NOT_FOUND,
                    "vm \"%s\" was deleted meanwhile".formatted(vm.name()),
                    "banger vm list"));
  }

  VmRecord save(VmRecord vm) {
    store.update(vm);
    return vm;
  }

  VmRecord apply(VmRecord vm, VmEvent event) {
    VmRecord next = save(Transitions.apply(vm, event));
    if (event instanceof VmEvent.CleanupFailed) {
      upkeep.watch(vm.id());
    }
    return next;
  }

  /** What a live VM runs with; only a network of its VMM's own is fixed until the next start. */
  Optional<Launched> launched(VmRecord vm) {
    return live.get(vm.id())
        .map(Live::launched)
        .map(
            now ->
                network.plan(vm) instanceof HostNetwork.User ? now : now.withNat(vm.spec().nat()));
  }

  /** Notes that a VMM is alive, and what to do when it is no more. */
  Live adopt(VmRecord vm, VmHandles handles, Launched launched) {
    VmPaths paths = paths(vm);
    VmmDriver driver = drivers.of(handles);
    var exit = driver.onExit(paths, handles);
    Live entry =
        live.add(
            vm,
            paths,
            handles,
            exit,
            network.plan(vm).guest(),
            deadline -> driver.openAgent(paths, handles, deadline),
            launched);
    var _ =
        exit.thenAccept(
            how ->
                Thread.ofVirtual()
                    .name("exit-" + vm.id())
                    .start(() -> afterExit(vm.id(), entry, how)));
    return entry;
  }

  /** A full or locked database must not make the exit be forgotten: it is tried until noted. */
  private void afterExit(VmId id, Live entry, VmmExit how) {
    try {
      boolean noted = noted(id, entry, how, false);
      for (long wait = 100; !noted && !live.closed(); wait = Math.min(2 * wait, 60_000)) {
        Thread.sleep(wait);
        noted = noted(id, entry, how, true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @param again an earlier try may have forgotten the VMM before it failed
   */
  private boolean noted(VmId id, Live entry, VmmExit how, boolean again)
      throws InterruptedException {
    try {
      Optional<VmRecord> known = store.find(id);
      if (known.isEmpty()) {
        return true;
      }
      return locked(
          known.get(),
          () -> {
            Live now = live.get(id).orElse(null);
            // Whoever stopped or restarted the VM has already dealt with this exit.
            if (now == entry) {
              wentDown(reload(known.get()), how);
            } else if (again && now == null) {
              VmRecord vm = reload(known.get());
              if (vm.state() instanceof VmState.Running) {
                wentDown(vm, how);
              }
            }
            return true;
          });
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (!live.closed()) {
        System.getLogger(VmContext.class.getName())
            .log(System.Logger.Level.WARNING, "vm=" + id + " could not be noted as down", e);
      }
      return false;
    }
  }

  private void wentDown(VmRecord vm, VmmExit how) throws InterruptedException {
    if (!(vm.state() instanceof VmState.Running)) {
      release(vm);
      return;
    }
    try (Steps steps = Steps.of(this, vm, Progress.NONE)) {
      try {
        TakeDown.all(this, vm, steps);
      } catch (BangerException e) {
        apply(vm.withLastError(e.getMessage()), new VmEvent.CleanupFailed(e.getMessage()));
        throw e;
      }
      VmRecord down =
          TakeDown.settle(
              this,
              how.orderly() ? vm : vm.withLastError(how.meaning()),
              how.orderly() ? new VmEvent.WentDown() : new VmEvent.Crashed(how.meaning()),
              steps);
      extensions.happened(
          down,
          how.orderly() ? Extensions.Happening.STOPPED : Extensions.Happening.CRASHED,
          how.orderly() ? "" : how.meaning());
    }
  }

  /** Takes a running VM down for a reason that is not the guest's. Called under its lock. */
  void endBecause(VmRecord vm, String cause) throws InterruptedException {
    live.remove(vm.id());
    try (Steps steps = Steps.of(this, vm, Progress.NONE)) {
      TakeDown.all(this, vm, steps);
      VmRecord down =
          TakeDown.settle(this, vm.withLastError(cause), new VmEvent.Crashed(cause), steps);
      extensions.happened(down, Extensions.Happening.CRASHED, cause);
    } catch (BangerException e) {
      apply(vm.withLastError(e.getMessage()), new VmEvent.CleanupFailed(e.getMessage()));
      throw e;
    }
  }

  /** Forgets a VMM that is dead and removes what it left on the host. */
  void release(VmRecord vm) {
    VmPaths paths = paths(vm);
    live.remove(vm.id());
    drivers.all().forEach(driver -> driver.removeLeftovers(paths));
    scratch.delete(paths);
    try {
      // Not while a VMM may hold them: it was seen dead.
      disks.detach(paths, LifecycleSettings.DISK_LIMIT);
    } finally {
      network.release(vm);
    }
  }

  /** Kills whatever VMM of this VM is alive, known or found by looking, and removes its traces. */
  void killAndRelease(VmRecord vm) {
    VmPaths paths = paths(vm);
    Optional<VmHandles> hint = live.get(vm.id()).map(Live::handles).or(() -> scratch.read(paths));
    drivers
        .observe(paths, hint)
        .ifPresent(alive -> drivers.of(alive).kill(paths, alive, LifecycleSettings.KILL_LIMIT));
    release(vm);
  }
}
