package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.io.IOException;
import java.util.List;

/**
 * Removes a VM and everything of it from the host. May be repeated: it succeeds for whatever is
 * already gone. Called under the VM's lock.
 */
final class DeleteVm {
  private final VmContext context;

  DeleteVm(VmContext context) {
    this.context = context;
  }

  void delete(VmRecord vm, Progress progress) throws InterruptedException {
    VmRecord deleting = context.apply(vm, new VmEvent.DeleteRequested());
    progress.stage("remove", "started", "");
    try {
      context.killAndRelease(deleting);
      context.directories().delete(context.paths(deleting));
    } catch (IOException | BangerException e) {
      String what = "cannot remove all of vm \"%s\": %s".formatted(vm.name(), e.getMessage());
      context.apply(deleting.withLastError(what), new VmEvent.CleanupFailed(what));
      throw new BangerException(
          ErrorKind.HOST, what, "try again: banger vm delete " + vm.name(), List.of(), e);
    }
    context.store().delete(vm.id());
    progress.stage("remove", "done", "");
  }
}
