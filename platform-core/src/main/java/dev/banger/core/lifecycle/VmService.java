package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What can be asked of VMs. Every change is an {@link Operation}, serialised per VM. */
public final class VmService {
  private final VmContext context;
  private final Operations operations;
  private final StartVm starter;
  private final CreateVm creator;
  private final StopVm stopper;
  private final DeleteVm deleter;

  /** Boots under way, so that a stop or delete need not wait for them. */
  private final Map<VmId, Operation> booting = new ConcurrentHashMap<>();

  public VmService(VmContext context, Operations operations) {
    this.context = context;
    this.operations = operations;
    this.starter = new StartVm(context, new BootSlots(Runtime.getRuntime().availableProcessors()));
    this.creator = new CreateVm(context, starter);
    this.stopper = new StopVm(context);
    this.deleter = new DeleteVm(context);
  }

  public List<VmRecord> list() {
    return context.store().list().vms();
  }

  public Optional<VmRecord> find(VmId id) {
    return context.store().find(id);
  }

  /** The name of the VM that {@code ref} means; {@code ref} itself when there is none now. */
  public String nameOf(String ref) {
    try {
      return resolve(ref).name();
    } catch (BangerException e) {
      return ref;
    }
  }

  public VmRecord resolve(String ref) {
    return VmResolver.resolve(ref, list());
  }

  /** Whether a request on it is under way or waits for its turn. */
  public boolean isBusy(VmId id) {
    return context.locks().isInUse(id);
  }

  /** The open link to a running VM. */
  public GuestLink link(VmRecord vm, Duration deadline) throws InterruptedException {
    return context.live().link(context.reload(vm), deadline);
  }

  /** Notes that somebody begins to use it; see {@link VmUses#open}. */
  public VmUses.Use use(VmRecord vm, String by) {
    return context.live().uses().open(vm.id(), by);
  }

  /**
   * A running VM counts as used now.
   *
   * @throws BangerException of kind ILLEGAL_STATE when it does not run
   */
  public void touch(VmRecord vm) {
    var _ = live(vm.id()).orElseThrow(() -> notRunning(vm));
    context.live().uses().touch(vm.id(), "touch");
  }

  /**
   * How a running VM is used, by what plugins say, too, which are asked.
   *
   * @throws BangerException of kind ILLEGAL_STATE when it does not run
   */
  public VmUses.Usage usage(VmRecord vm) throws InterruptedException {
    VmUses uses = context.live().uses();
    LiveVms.Live live = live(vm.id()).orElseThrow(() -> notRunning(vm));
    // A guest that stands still answers nobody.
    List<String> told = live.paused().isEmpty() ? context.extensions().uses(vm) : List.of();
    if (!told.isEmpty()) {
      // What a plugin has seen lasts until it is asked again.
      uses.touch(vm.id(), told.getFirst());
    }
    VmUses.Usage usage = uses.of(vm.id()).orElseThrow(() -> notRunning(vm));
    return told.isEmpty()
        ? usage
        : new VmUses.Usage(
            usage.lastUsed(),
            usage.by(),
            Duration.ZERO,
            Stream.concat(usage.now().stream(), told.stream()).distinct().limit(20).toList());
  }

  private static BangerException notRunning(VmRecord vm) {
    return new BangerException(
        ErrorKind.ILLEGAL_STATE,
        "vm \"%s\" is not running".formatted(vm.name()),
        "start it: banger vm start " + vm.name());
  }

  /** Runs {@code body} while nobody else changes the VM. */
  public <T> T locked(VmRecord vm, Duration deadline, Callable<T> body) throws Exception {
    return context.locks().with(vm.id(), vm.name(), deadline, () -> {}, body);
  }

  /** What is known of a running VM. */
  public Optional<LiveVms.Live> live(VmId id) {
    return context.live().get(id);
  }

  /** What plugins hold for it. */
  public List<Extensions.StepStatus> steps(VmRecord vm) {
    return context.extensions().steps(vm);
  }

  /** The same for all VMs that have any, by id. */
  public Map<String, List<Extensions.StepStatus>> steps() {
    return context.extensions().steps();
  }

  /** What plugins have to say of it as it is now. */
  public List<String> remarks(VmRecord vm) {
    return context.extensions().remarks(vm);
  }

  public List<Extensions.Endpoint> endpoints(VmRecord vm) {
    return context.extensions().endpoints(vm);
  }

  /** The same for all VMs that have any, by id. */
  public Map<String, List<Extensions.Endpoint>> endpoints() {
    return context.extensions().endpoints();
  }

  /** How it is on the network, or will be from its next start on. */
  public HostNetwork.Plan network(VmRecord vm) {
    return context.network().plan(vm);
  }

  /** What VMs get that are started now. */
  public HostNetwork.Status networkStatus() {
    return context.network().status();
  }

  /** The root disk it has; empty when it has none, or it cannot be told which. */
  public Optional<DiskProvisioner.RootDisk> rootDisk(VmRecord vm) {
    try {
      return context.disks().rootDisk(context.paths(vm));
    } catch (BangerException e) {
      // Showing a VM must work when its disks are in disorder; starting it says what is wrong.
      return Optional.empty();
    }
  }

  public VmPaths paths(VmRecord vm) {
    return context.paths(vm);
  }

  /** Makes a VM, and boots it unless told otherwise. The result is a {@link VmOutcome}. */
  public Operation create(CreateRequest request) {
    Image image = context.images().get(request.spec().image());
    Drivers.Needs needs =
        new Drivers.Needs(
            context.network().status().mode().equals("user"), context.disks().wantedRootFormat());
    if (request.start()) {
      context.drivers().pick(request.spec().driver(), needs);
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
              op -> context.locked(vm, op, () -> creator.make(vm, image, request, op))));
    } catch (RuntimeException e) {
      context.store().delete(vm.id());
      throw e;
    }
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

  private VmOutcome startLocked(VmRecord vm, Optional<Duration> timeout, Operation progress)
      throws InterruptedException {
    if (vm.state() instanceof VmState.Running) {
      return new VmOutcome(
          vm,
          context.live().get(vm.id()).filter(live -> !live.paused().isEmpty()).isPresent()
              ? "already running, but paused: banger vm resume " + vm.name()
              : "already running");
    }
    try (Steps steps = Steps.of(context, vm, progress)) {
      steps.validate();
      return startValidated(vm, timeout, progress, steps);
    }
  }

  private VmOutcome startValidated(
      VmRecord vm, Optional<Duration> timeout, Operation progress, Steps steps)
      throws InterruptedException {
    VmRecord starting = context.apply(vm, new VmEvent.StartRequested());
    Rollback rollback = new Rollback();
    try {
      context.directories().create(context.paths(vm));
      steps.start(Phase.PREPARE, rollback);
      VmRecord running =
          starter.ready(
              starter.boot(
                  starting,
                  rollback,
                  progress,
                  timeout.orElse(context.settings().startTimeout()),
                  steps));
      rollback.commit();
      progress.stage("ready", "done", "");
      return VmOutcome.of(running);
    } catch (InterruptedException | RuntimeException e) {
      BangerException error = Operation.asBangerException(e);
      Rollback.Outcome outcome = Detached.run(rollback::undo);
      boolean isTakenBack = progress.isCancelled() && outcome.failures().isEmpty();
      VmEvent event =
          isTakenBack
              ? new VmEvent.WentDown()
              : outcome.failures().isEmpty()
                  ? new VmEvent.StartFailed(error.getMessage())
                  : new VmEvent.CleanupFailed(String.join("; ", outcome.failures()));
      VmRecord failed =
          context.apply(starting.withLastError(isTakenBack ? "" : error.getMessage()), event);
      context.extensions().happened(failed, Extensions.Happening.FAILED, error.getMessage());
      throw Undone.said(error, steps, isTakenBack ? "the VM is stopped again" : "", progress);
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

  /**
   * The same for a reason that nobody has typed, which is in the operation and in the log.
   *
   * @param reason one line for people
   */
  public Operation stop(VmRecord vm, String reason) {
    Operation operation = stop(vm, Optional.empty(), false);
    because(vm, operation, reason);
    return operation;
  }

  private static void because(VmRecord vm, Operation operation, String reason) {
    operation.stage("reason", "note", reason);
    System.getLogger(VmService.class.getName())
        .log(
            System.Logger.Level.INFO,
            "vm={0} op={1} is stopped: {2}",
            vm.name(),
            operation.id(),
            reason);
  }

  /**
   * Brings a VM down that runs and was not used for so long, unless somebody uses or changes it by
   * the time of its turn.
   *
   * @return whether it is brought down; that goes on by itself
   */
  public boolean stopUnused(VmRecord vm, Duration unused, String reason)
      throws InterruptedException {
    if (context.live().uses().of(vm.id()).filter(known -> isUnused(known, unused)).isEmpty()) {
      return false;
    }
    CompletableFuture<Boolean> decided = new CompletableFuture<>();
    operations.begin(
        "vm.stop",
        vm.name(),
        op -> {
          VmOutcome[] outcome = {new VmOutcome(vm, "not stopped: it is in use")};
          try {
            var _ =
                context
                    .locks()
                    .ifFree(
                        vm.id(),
                        () -> {
                          VmRecord now = context.reload(vm);
                          if (runs(now) && isUnused(usage(now), unused)) {
                            because(now, op, reason);
                            decided.complete(true);
                            outcome[0] = stopLocked(now, context.settings().stopGrace(), op);
                          }
                        });
          } finally {
            decided.complete(false);
          }
          return outcome[0];
        });
    try {
      return decided.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a decision never fails", e);
    }
  }

  private boolean runs(VmRecord vm) {
    return vm.state() instanceof VmState.Running
        && live(vm.id()).filter(live -> live.paused().isEmpty()).isPresent();
  }

  private static boolean isUnused(VmUses.Usage usage, Duration atLeast) {
    return usage.now().isEmpty() && usage.unusedFor().compareTo(atLeast) >= 0;
  }

  private VmOutcome stopLocked(VmRecord vm, Duration grace, Operation progress)
      throws InterruptedException {
    return switch (vm.state()) {
      case VmState.Stopped() -> new VmOutcome(vm, "already stopped");
      case VmState.Failed(_) -> new VmOutcome(vm, "already down");
      case VmState.Running(), VmState.Starting(), VmState.Stopping() -> {
        progress.hold("the guest is being shut down, and cannot go on from there");
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
                  op.release();
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
                op.hold("what it had is being removed");
                Optional<VmRecord> now = context.store().find(vm.id());
                String note = now.isPresent() ? deleter.delete(now.get(), op) : "";
                return new VmOutcome(now.orElse(vm).withState(new VmState.Deleting()), note);
              });
        });
  }

  /** Lets a running VM stand still; succeeds when it does already. */
  public Operation pause(VmRecord vm) {
    return operations.begin(
        "vm.pause",
        vm.name(),
        op ->
            context.locked(
                vm, op, () -> new PauseVm(context).pause(context.reload(vm), PauseVm.ASKED)));
  }

  /** Lets a paused VM go on; succeeds when it runs. */
  public Operation resume(VmRecord vm) {
    return operations.begin(
        "vm.resume",
        vm.name(),
        op -> context.locked(vm, op, () -> new PauseVm(context).resume(context.reload(vm))));
  }

  /** Looks at the host again and mends what the record and the host disagree on. */
  public Operation repair(VmRecord vm) {
    return operations.begin(
        "vm.repair",
        vm.name(),
        op -> context.locked(vm, op, () -> repairLocked(context.reload(vm), op)));
  }

  /** The chores of {@link Upkeep}. */
  public Upkeep.Chores chores() {
    return new Upkeep.Chores() {
      @Override
      public boolean repair(VmId id) throws Exception {
        Optional<VmRecord> vm = context.store().find(id);
        if (vm.isEmpty() || !(vm.get().state() instanceof VmState.CleanupPending)) {
          return true;
        }
        return context.locked(
            vm.get(),
            () -> {
              Optional<VmRecord> now = context.store().find(id);
              if (now.isPresent() && now.get().state() instanceof VmState.CleanupPending) {
                repairLocked(now.get(), Progress.NONE);
              }
              return true;
            });
      }

      @Override
      public boolean releaseLeftovers() throws Exception {
        return context.extensions().releaseLeftovers(VmService.this::exists).isEmpty();
      }

      @Override
      public void look() throws Exception {
        new DriftRepair(context).run();
      }

      @Override
      public void sweep() throws Exception {
        context.network().sweep(VmService.this::exists);
        context.disks().sweep(VmService.this::exists, LifecycleSettings.DISK_LIMIT);
        context.extensions().sweep(VmService.this::exists);
      }
    };
  }

  private boolean exists(VmId id) {
    return context.store().find(id).isPresent();
  }

  /**
   * Changes what is wanted of a VM. What applies at once is done, the rest at its next start; the
   * outcome's note says which. Nothing is stored when any of it is refused.
   *
   * @param change from what is wanted to what is to be; refuses, of kind INVALID, what may not be
   */
  public Operation set(VmRecord vm, UnaryOperator<VmSpec> change) {
    return operations.begin(
        "vm.set",
        vm.name(),
        op ->
            context.locked(
                vm,
                op,
                () -> {
                  VmRecord now = context.reload(vm);
                  if (now.state() instanceof VmState.Deleting) {
                    throw gone(now);
                  }
                  return new SetVm(context).set(now, change, op);
                }));
  }

  /** What a VM runs with, where that may differ from what is wanted; empty when it is down. */
  public Optional<Launched> launched(VmRecord vm) {
    return context.launched(vm);
  }

  private VmOutcome repairLocked(VmRecord vm, Progress progress) throws InterruptedException {
    return switch (vm.state()) {
      case VmState.Running() -> {
        progress.stage("wait_guest_agent", "started", "");
        context.network().adopt(vm);
        context.live().link(vm, context.settings().startTimeout());
        progress.stage("wait_guest_agent", "done", "");
        try (Steps steps = Steps.of(context, vm, progress)) {
          List<String> mended = steps.recover();
          yield new VmOutcome(
              vm, mended.isEmpty() ? "nothing to repair" : String.join("; ", mended));
        }
      }
      case VmState.Stopped(), VmState.Failed(_), VmState.CleanupPending(_) -> {
        progress.stage("cleanup", "started", "");
        try (Steps steps = Steps.of(context, vm, progress)) {
          TakeDown.all(context, vm, steps);
          VmRecord down =
              TakeDown.settle(context, vm.withLastError(""), new VmEvent.WentDown(), steps);
          if (!steps.pending().isEmpty()) {
            String what = String.join("; ", steps.pending());
            progress.stage("cleanup", "failed", what);
            throw new BangerException(
                ErrorKind.HOST,
                "vm \"%s\" is not clean yet: %s".formatted(vm.name(), what),
                "it is tried again by itself; to see more: banger vm show " + vm.name());
          }
          progress.stage("cleanup", "done", "");
          yield new VmOutcome(down, steps.absentNote());
        }
      }
      case VmState.Deleting() -> {
        deleter.delete(vm, progress);
        yield new VmOutcome(vm, "deleted");
      }
      case VmState.Starting(), VmState.Stopping() -> new VmOutcome(vm, "nothing to repair");
    };
  }
}
