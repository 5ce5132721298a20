package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes a VM whose row exists, and boots it if asked to; or leaves nothing of it. */
final class CreateVm {
  private final VmContext context;
  private final StartVm starter;

  CreateVm(VmContext context, StartVm starter) {
    this.context = context;
    this.starter = starter;
  }

  /** Called under the VM's lock. */
  VmOutcome make(VmRecord vm, Image image, CreateRequest request, Operation operation)
      throws Exception {
    try (Steps steps = Steps.of(context, vm, operation)) {
      Rollback rollback = new Rollback();
      try {
        rollback.push("the record", () -> context.store().delete(vm.id()));
        steps.validate();
        VmPaths paths = context.paths(vm);
        rollback.push("the directories", () -> context.directories().delete(paths));
        context.directories().create(paths);
        rollback.push("what plugins keep", steps::removed);
        prepare(vm, image, paths, request, rollback, operation, steps);
        VmRecord made = vm;
        if (request.start()) {
          made =
              starter.ready(starter.boot(vm, rollback, operation, request.startTimeout(), steps));
        }
        made = context.save(made.withProvisional(false));
        rollback.commit();
        context.extensions().happened(made, Extensions.Happening.CREATED, "");
        operation.stage("ready", "done", "");
        return VmOutcome.of(made);
      } catch (Exception e) {
        throw unwind(vm, e, rollback, steps, request.keepFailed(), operation);
      }
    }
  }

  /** The disks, and what plugins prepare, at the same time. */
  private void prepare(
      VmRecord vm,
      Image image,
      VmPaths paths,
      CreateRequest request,
      Rollback rollback,
      Operation operation,
      Steps steps)
      throws InterruptedException {
    operation.stage("prepare_disks", "started", "");
    // Closed before anything is undone: no disk appears after its directory was removed.
    try (Beside root =
            Beside.start(
                "root-disk-" + vm.id(),
                () ->
                    context
                        .disks()
                        .createRootDisk(
                            image,
                            paths,
                            vm.spec().diskMiB(),
                            formats(vm),
                            LifecycleSettings.DISK_LIMIT));
        Beside work =
            Beside.start(
                "work-disk-" + vm.id(),
                () ->
                    context
                        .disks()
                        .createWorkDisk(
                            paths, vm.spec().workDiskMiB(), LifecycleSettings.DISK_LIMIT))) {
      if (request.start()) {
        steps.start(Phase.PREPARE, rollback);
      }
      work.join();
      root.join();
    }
    operation.stage("prepare_disks", "done", "");
  }

  /** Of the driver it would be started with now; the one all can read when there is none yet. */
  private Set<LaunchPlan.Disk.Format> formats(VmRecord vm) {
    try {
      return context
          .drivers()
          .pick(vm.spec().driver(), context.needs(vm))
          .capabilities()
          .diskFormats();
    } catch (BangerException e) {
      return Set.of(context.disks().wantedRootFormat().orElse(LaunchPlan.Disk.Format.RAW));
    }
  }

  private BangerException unwind(
      VmRecord vm,
      Exception failure,
      Rollback rollback,
      Steps steps,
      boolean keep,
      Progress progress) {
    BangerException error = Operation.asBangerException(failure);
    if (keep && context.store().find(vm.id()).isPresent()) {
      rollback.commit();
      Detached.run(() -> kept(vm, error, steps));
      return Undone.said(error, steps, "vm \"%s\" was kept".formatted(vm.name()), progress);
    }
    Rollback.Outcome outcome = Detached.run(rollback::undo);
    context.extensions().happened(vm, Extensions.Happening.FAILED, error.getMessage());
    if (!steps.pending().isEmpty()) {
      context.upkeep().watchLeftovers();
    }
    if (outcome.failures().isEmpty()) {
      return Undone.said(error, steps, "the VM was removed again", progress);
    }
    return Undone.said(
        notUndone(vm, error, outcome), steps, "some of it could not be removed", progress);
  }

  private VmRecord kept(VmRecord vm, BangerException error, Steps steps) {
    VmRecord failed =
        vm.withState(new VmState.Failed(error.getMessage()))
            .withLastError(error.getMessage())
            .withProvisional(false);
    try {
      TakeDown.all(context, vm, steps);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.save(failed);
    return steps.pending().isEmpty()
        ? failed
        : TakeDown.settle(context, failed, new VmEvent.WentDown(), steps);
  }

  private BangerException notUndone(VmRecord vm, BangerException error, Rollback.Outcome outcome) {
    String what = String.join("; ", outcome.failures());
    List<String> details = new ArrayList<>(error.details());
    details.add("not undone: " + what);
    try {
      // The row may be gone already; then the next daemon start sweeps the directories.
      context
          .store()
          .find(vm.id())
          .ifPresent(row -> context.save(row.withState(new VmState.CleanupPending(what))));
    } catch (BangerException e) {
      // On a full disk this fails too. The row is provisional still, which the next start sweeps.
      details.add("not noted either: " + e.getMessage());
    }
    return error.withDetails(details);
  }
}
