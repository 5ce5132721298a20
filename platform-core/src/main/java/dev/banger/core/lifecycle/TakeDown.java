package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmRecord;

/** Ends what a VM has on the host: its steps and its VMM, in the one right order. */
final class TakeDown {
  private TakeDown() {}

  /**
   * Kills the VMM, if it is alive, between the steps that need it and those that it needs. What a
   * plugin cannot stop keeps nobody else from being stopped; it is in {@link Steps#pending}.
   *
   * @throws BangerException when the VMM cannot be killed
   */
  static void all(VmContext context, VmRecord vm, Steps steps) throws InterruptedException {
    steps.stop(Phase.GUEST);
    steps.stop(Phase.HOST);
    context.killAndRelease(vm);
    steps.stop(Phase.PREPARE);
  }

  /** The record once it is down: {@code event}, or clean-up pending when a step is. */
  static VmRecord settle(VmContext context, VmRecord vm, VmEvent event, Steps steps) {
    if (steps.pending().isEmpty()) {
      return context.apply(vm, event);
    }
    String what = String.join("; ", steps.pending());
    return context.apply(vm.withLastError(what), new VmEvent.CleanupFailed(what));
  }
}
