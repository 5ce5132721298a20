package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** What can be asked of VMs. Every change is an {@link Operation}, serialised per VM. */
public final class VmService {
  private final VmContext context;
  private final Operations operations;
  private final StartVm starter;
  private final StopVm stopper;
  private final DeleteVm deleter;

  /** Boots under way, so that a stop or delete need not wait for them. */
  private final Map<VmId, Operation> booting = new ConcurrentHashMap<>();

  public VmService(VmContext context, Operations operations) {
    this.context = context;
    this.operations = operations;
    this.starter = new StartVm(context, new BootSlots(Runtime.getRuntime().availableProcessors()));
    this.stopper = new StopVm(context);
    this.deleter = new DeleteVm(context);
  }

  public List<VmRecord> list() {
    return context.store().list().vms();
  }

  public VmRecord resolve(String ref) {
    return VmResolver.resolve(ref, list());
  }

  /** The open link to a running VM. */
  public GuestLink link(VmRecord vm, Duration deadline) throws InterruptedException {
    return context.live().link(context.reload(vm), deadline);
  }

  /** Runs {@code body} while nobody else changes the VM. */
  public <T> T locked(VmRecord vm, Duration deadline, Callable<T> body) throws Exception {
    return context.locks().with(vm.id(), vm.name(), deadline, () -> {}, body);
  }

  /** What is known of a running VM. */
  public Optional<LiveVms.Live> live(VmId id) {
    return context.live().get(id);
  }

  public VmPaths paths(VmRecord vm) {
    return context.paths(vm);
  }

  /** Makes a VM, and boots it unless told otherwise. The result is a {@link VmOutcome}. */
  public Operation create(CreateRequest request) {
    Image image = context.images().get(request.spec().image());
    if (request.start()) {
      context.drivers().pick(request.spec().driver());
    }
    VmRecord draft =
        new VmRecord(
            VmId.random(),
            request.spec(),
            request.start() ? new VmState.Starting() : new VmState.Stopped(),
            "",
            0,
            Instant.now(),
            Optional.empty(),
            "",
            true);
    VmRecord vm = context.store().insert(draft);
    try {
      return track(
          vm,
          operations.begin(
              "vm.create",
              vm.name(),
              op -> context.locked(vm, op, () -> make(vm, image, request, op))));
    } catch (RuntimeException e) {
      context.store().delete(vm.id());
      throw e;
    }
  }

  private VmOutcome make(VmRecord vm, Image image, CreateRequest request, Operation operation)
      throws Exception {
    Rollback rollback = new Rollback();
    try {
      rollback.push("the record", () -> context.store().delete(vm.id()));
      VmPaths paths = context.paths(vm);
      rollback.push("the directories", () -> context.directories().delete(paths));
      context.directories().create(paths);
      operation.stage("prepare_disks", "started", "");
      makeDisks(vm, image, paths);
      operation.stage("prepare_disks", "done", "");
      VmRecord made = vm;
      if (request.start()) {
        made = starter.ready(starter.boot(vm, rollback, operation, request.startTimeout()));
      }
      made = context.save(made.withProvisional(false));
      rollback.commit();
      operation.stage("ready", "done", "");
      return VmOutcome.of(made);
    } catch (Exception e) {
      throw unwind(vm, e, rollback, request.keepFailed());
    }
  }

  private void makeDisks(VmRecord vm, Image image, VmPaths paths) throws InterruptedException {
    CompletableFuture<Void> root = new CompletableFuture<>();
    Thread making =
        Thread.ofVirtual()
            .name("root-disk-" + vm.id())
            .start(
                () -> {
                  try {
                    context
                        .disks()
                        .createRootDisk(
                            image, paths, vm.spec().diskMiB(), LifecycleSettings.DISK_LIMIT);
                    root.complete(null);
                  } catch (Throwable e) {
                    root.completeExceptionally(e);
                  }
                });
    try {
      context.disks().createWorkDisk(paths, vm.spec().workDiskMiB(), LifecycleSettings.DISK_LIMIT);
      making.join();
      root.join();
    } catch (CompletionException e) {
      throw Operation.asBangerException(e.getCause());
    } finally {
      making.interrupt();
      joinUninterruptibly(making);
    }
  }

  /** The disk must not appear after its directory was removed, so this wait is not cut short. */
  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private BangerException unwind(VmRecord vm, Exception failure, Rollback rollback, boolean keep) {
    BangerException error = Operation.asBangerException(failure);
    if (keep) {
      rollback.commit();
      detached(
          () -> {
            context.killAndRelease(vm);
            context.save(
                vm.withState(new VmState.Failed(error.getMessage()))
                    .withLastError(error.getMessage())
                    .withProvisional(false));
          });
      return suffixed(error, "; vm \"%s\" was kept".formatted(vm.name()));
    }
    Rollback.Outcome outcome = detached(rollback::undo);
    if (outcome.failures().isEmpty()) {
      return suffixed(
          error, "; the VM was removed again (%d steps undone)".formatted(outcome.undone()));
    }
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
    return suffixed(error.withDetails(details), "; some of it could not be removed");
  }

  private static BangerException suffixed(BangerException error, String suffix) {
    return new BangerException(
        error.kind(), error.getMessage() + suffix, error.hint(), error.details(), error);
  }

  /** Clean-up outlives its caller: it runs on a thread that no cancellation interrupts. */
  private static <T> T detached(java.util.function.Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("undo")
        .start(
            () -> {
              try {
                done.complete(work.get());
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            });
    boolean interrupted = Thread.interrupted();
    try {
      return done.join();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void detached(Runnable work) {
    detached(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  private Operation track(VmRecord vm, Operation operation) {
    booting.put(vm.id(), operation);
    var _ = operation.result().whenComplete((_, _) -> booting.remove(vm.id(), operation));
    return operation;
  }

  /** Boots a stopped VM; succeeds when it runs already. */
  public Operation start(VmRecord vm, Optional<Duration> timeout) {
    return track(
        vm,
        operations.begin(
            "vm.start",
            vm.name(),
            op -> context.locked(vm, op, () -> startLocked(context.reload(vm), timeout, op))));
  }

  private VmOutcome startLocked(VmRecord vm, Optional<Duration> timeout, Progress progress)
      throws InterruptedException {
    if (vm.state() instanceof VmState.Running) {
      return new VmOutcome(vm, "already running");
    }
    VmRecord starting = context.apply(vm, new VmEvent.StartRequested());
    Rollback rollback = new Rollback();
    try {
      context.directories().create(context.paths(vm));
      VmRecord running =
          starter.ready(
              starter.boot(
                  starting, rollback, progress, timeout.orElse(context.settings().startTimeout())));
      rollback.commit();
      progress.stage("ready", "done", "");
      return VmOutcome.of(running);
    } catch (InterruptedException | RuntimeException e) {
      BangerException error = Operation.asBangerException(e);
      Rollback.Outcome outcome = detached(rollback::undo);
      VmEvent event =
          outcome.failures().isEmpty()
              ? new VmEvent.StartFailed(error.getMessage())
              : new VmEvent.CleanupFailed(String.join("; ", outcome.failures()));
      context.apply(starting.withLastError(error.getMessage()), event);
      if (e instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw error;
    }
  }

  /** Brings a VM down; succeeds when it is down already. */
  public Operation stop(VmRecord vm, Optional<Duration> grace, boolean force) {
    return operations.begin(
        force ? "vm.kill" : "vm.stop",
        vm.name(),
        op -> {
          cancelBoot(vm);
          return context.locked(
              vm,
              op,
              () ->
                  stopLocked(
                      context.reload(vm),
                      force ? Duration.ZERO : grace.orElse(context.settings().stopGrace()),
                      op));
        });
  }

  private VmOutcome stopLocked(VmRecord vm, Duration grace, Progress progress)
      throws InterruptedException {
    return switch (vm.state()) {
      case VmState.Stopped() -> new VmOutcome(vm, "already stopped");
      case VmState.Failed(_) -> new VmOutcome(vm, "already down");
      case VmState.Running(), VmState.Starting(), VmState.Stopping() -> {
        StopVm.Outcome outcome = stopper.stop(vm, grace, progress);
        yield new VmOutcome(outcome.vm(), outcome.note());
      }
      case VmState.CleanupPending(_) -> repairLocked(vm, progress);
      case VmState.Deleting() -> throw gone(vm);
    };
  }

  private void cancelBoot(VmRecord vm) {
    Operation boot = booting.get(vm.id());
    if (boot != null) {
      try {
        boot.cancel();
      } catch (BangerException e) {
        System.getLogger(VmService.class.getName())
            .log(System.Logger.Level.DEBUG, "op={0} ended meanwhile", boot.id());
      }
    }
  }

  private static BangerException gone(VmRecord vm) {
    return new BangerException(
        ErrorKind.ILLEGAL_STATE, "vm \"%s\" is being deleted".formatted(vm.name()), "banger ls");
  }

  public Operation restart(VmRecord vm, Optional<Duration> grace) {
    return operations.begin(
        "vm.restart",
        vm.name(),
        op ->
            context.locked(
                vm,
                op,
                () -> {
                  VmOutcome stopped =
                      stopLocked(
                          context.reload(vm), grace.orElse(context.settings().stopGrace()), op);
                  VmOutcome started = startLocked(stopped.vm(), Optional.empty(), op);
                  return new VmOutcome(
                      started.vm(), stopped.note().startsWith("forced") ? stopped.note() : "");
                }));
  }

  /** Removes a VM and all of it. */
  public Operation delete(VmRecord vm) {
    return operations.begin(
        "vm.delete",
        vm.name(),
        op -> {
          cancelBoot(vm);
          return context.locked(
              vm,
              op,
              () -> {
                Optional<VmRecord> now = context.store().find(vm.id());
                if (now.isPresent()) {
                  deleter.delete(now.get(), op);
                }
                return VmOutcome.of(now.orElse(vm).withState(new VmState.Deleting()));
              });
        });
  }

  /** Looks at the host again and mends what the record and the host disagree on. */
  public Operation repair(VmRecord vm) {
    return operations.begin(
        "vm.repair",
        vm.name(),
        op -> context.locked(vm, op, () -> repairLocked(context.reload(vm), op)));
  }

  private VmOutcome repairLocked(VmRecord vm, Progress progress) throws InterruptedException {
    return switch (vm.state()) {
      case VmState.Running() -> {
        progress.stage("wait_guest_agent", "started", "");
        context.live().link(vm, context.settings().startTimeout());
        progress.stage("wait_guest_agent", "done", "");
        yield new VmOutcome(vm, "nothing to repair");
      }
      case VmState.Stopped(), VmState.Failed(_), VmState.CleanupPending(_) -> {
        progress.stage("cleanup", "started", "");
        context.killAndRelease(vm);
        progress.stage("cleanup", "done", "");
        yield VmOutcome.of(context.apply(vm.withLastError(""), new VmEvent.WentDown()));
      }
      case VmState.Deleting() -> {
        deleter.delete(vm, progress);
        yield new VmOutcome(vm, "deleted");
      }
      case VmState.Starting(), VmState.Stopping() -> new VmOutcome(vm, "nothing to repair");
    };
  }
}
