package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes a VM's work disk as large as its record says: the host the file, before a VMM has it; the
 * guest the file system on it, which the host neither mounts nor reads. Whatever is interrupted is
 * made up for by the next start.
 */
final class WorkDiskGrowth {
  private static final String STAGE = "grow_work_disk";

  /** Hundreds of GiB take seconds under emulation. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final VmContext context;
  private final VmRecord vm;
  private final VmPaths paths;

  WorkDiskGrowth(VmContext context, VmRecord vm) {
    this.context = context;
    this.vm = vm;
    this.paths = context.paths(vm);
  }

  /** Enlarges a file that is smaller than the record says. Not while a VMM has it. */
  void onHost() {
    context.disks().growWorkDisk(paths, vm.spec().workDiskMiB());
  }

  /**
   * Has the guest do its part, if that is still to be done. A guest that cannot is no failure: it
   * has all that it had before.
   */
  void inGuest(Progress progress) throws InterruptedException {
    Optional<String> toDo = context.disks().workDiskGrowth(paths);
    if (toDo.isEmpty()) {
      return;
    }
    progress.stage(STAGE, "started", "");
    String why = asked();
    if (why.isEmpty()) {
      context.disks().workDiskGrown(paths);
      progress.stage(STAGE, "done", vm.spec().workDiskMiB() + " MiB");
      return;
    }
    String remark =
        "the work disk could not be grown to %d MiB: %s".formatted(vm.spec().workDiskMiB(), why);
    context.disks().workDiskNotGrown(paths, remark);
    context.live().get(vm.id()).ifPresent(live -> live.growthRemark(remark));
    progress.stage(STAGE, "failed", why);
  }

  private String asked() throws InterruptedException {
    try {
      return context.live().link(vm, LifecycleSettings.ASK_LIMIT).growWorkDisk(LIMIT);
    } catch (BangerException e) {
      return e.getMessage();
    }
  }
}
