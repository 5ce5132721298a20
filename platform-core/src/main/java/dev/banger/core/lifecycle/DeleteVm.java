package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes a VM and everything of it from the host. May be repeated: it succeeds for whatever is
 * already gone. What a plugin cannot take back does not keep the VM: it stays noted, and is tried
 * again. Called under the VM's lock.
 */
final class DeleteVm {
  private final VmContext context;

  DeleteVm(VmContext context) {
    this.context = context;
  }

  /**
   * @return a remark on what was left behind; empty when nothing was
   */
  String delete(VmRecord vm, Progress progress) throws InterruptedException {
    VmRecord deleting = context.apply(vm, new VmEvent.DeleteRequested());
    progress.stage("remove", "started", "");
    List<String> remarks = new ArrayList<>();
    try (Steps steps = Steps.of(context, deleting, progress)) {
      TakeDown.all(context, deleting, steps);
      remarks.addAll(steps.removed());
      context.directories().delete(context.paths(deleting));
      if (!steps.pending().isEmpty()) {
        context.upkeep().watchLeftovers();
        remarks.add("left behind and tried again by itself: " + String.join("; ", steps.pending()));
      }
      if (!steps.absentNote().isEmpty()) {
        remarks.add(steps.absentNote());
      }
    } catch (IOException | BangerException e) {
      String what = "cannot remove all of vm \"%s\": %s".formatted(vm.name(), e.getMessage());
      context.apply(deleting.withLastError(what), new VmEvent.CleanupFailed(what));
      throw new BangerException(
          ErrorKind.HOST, what, "try again: banger vm delete " + vm.name(), List.of(), e);
    }
    context.store().delete(vm.id());
    context.extensions().happened(deleting, Extensions.Happening.DELETED, "");
    remarks.forEach(remark -> progress.stage("remove", "note", remark));
    progress.stage("remove", "done", "");
    return String.join("; ", remarks);
  }
}
