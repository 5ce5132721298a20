package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Changes what is wanted of a VM: all of it or nothing, in one write. Called under its lock. */
final class SetVm {
  private final VmContext context;

  SetVm(VmContext context) {
    this.context = context;
  }

  VmOutcome set(VmRecord vm, UnaryOperator<VmSpec> change, Progress progress)
      throws InterruptedException {
    VmSpec wanted = change.apply(vm.spec());
    if (wanted.equals(vm.spec())) {
      return new VmOutcome(vm, "already so");
    }
    VmRecord draft = vm.withSpec(wanted);
    boolean grows = wanted.workDiskMiB() > vm.spec().workDiskMiB();
    if (grows) {
      context.disks().checkWorkDisk(context.paths(vm), wanted.workDiskMiB());
    }
    refuseNewObjections(vm, draft, progress);
    VmRecord changed = context.save(draft);
    return changed.state() instanceof VmState.Running
        ? new VmOutcome(changed, appliedToRunning(vm.spec(), changed, progress))
        : new VmOutcome(changed, grows ? enlarged(changed) : "");
  }

  /**
   * As for a create, plugins have a say. An objection that they had before is for the next start to
   * tell: it must not stand in the way of the change that mends it.
   */
  private void refuseNewObjections(VmRecord before, VmRecord after, Progress progress)
      throws InterruptedException {
    List<String> problems = new ArrayList<>(objections(after, progress));
    if (!problems.isEmpty()) {
      problems.removeAll(objections(before, progress));
    }
    if (problems.size() == 1) {
      throw new BangerException(ErrorKind.INVALID, problems.getFirst());
    }
    if (!problems.isEmpty()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "vm \"%s\" could not be started then, for %d reasons"
              .formatted(before.name(), problems.size()),
          "",
          problems,
          null);
    }
  }

  private List<String> objections(VmRecord vm, Progress progress) throws InterruptedException {
    try (Extensions.Visit visit = context.extensions().visit(vm, progress.operation(), progress)) {
      return visit.problems();
    }
  }

  /** What is stored stays: the next start enlarges the file, whatever keeps it from growing now. */
  private String enlarged(VmRecord vm) {
    if (!(vm.state() instanceof VmState.Stopped || vm.state() instanceof VmState.Failed)) {
      return ""; // A VMM may still have it.
    }
    try {
      new WorkDiskGrowth(context, vm).onHost();
      return "";
    } catch (BangerException e) {
      return "tried again at the next start: " + e.getMessage();
    }
  }

  private String appliedToRunning(VmSpec before, VmRecord vm, Progress progress)
      throws InterruptedException {
    List<String> notes = new ArrayList<>();
    boolean isNatOutside = !(context.network().plan(vm) instanceof HostNetwork.User);
    boolean concernsPlugins =
        !before.labels().equals(vm.spec().labels())
            || (before.nat() != vm.spec().nat() && isNatOutside);
    if (concernsPlugins) {
      try (Steps steps = Steps.of(context, vm, progress)) {
        notes.addAll(steps.recover());
      }
    }
    String later = later(before, vm);
    if (!later.isEmpty()) {
      notes.add("from the next start on: " + later);
    } else if (!concernsPlugins) {
      notes.add("as it runs already");
    }
    return String.join("; ", notes);
  }

  /** What of this change the VM does not run with yet. */
  private String later(VmSpec before, VmRecord vm) {
    Optional<Launched> known = context.launched(vm);
    if (known.isEmpty()) {
      return "";
    }
    Launched now = known.get();
    VmSpec next = vm.spec();
    List<String> later = new ArrayList<>();
    if (next.cpus() != before.cpus() && next.cpus() != now.cpus()) {
      later.add("cpus %d".formatted(next.cpus()));
    }
    if (next.memoryMiB() != before.memoryMiB() && next.memoryMiB() != now.memoryMiB()) {
      later.add("memory %d MiB".formatted(next.memoryMiB()));
    }
    if (next.workDiskMiB() != before.workDiskMiB() && next.workDiskMiB() != now.workDiskMiB()) {
      later.add("work disk %d MiB".formatted(next.workDiskMiB()));
    }
    if (next.nat() != before.nat() && next.nat() != now.nat()) {
      later.add("NAT " + (next.nat() ? "on" : "off"));
    }
    return String.join(", ", later);
  }
}
