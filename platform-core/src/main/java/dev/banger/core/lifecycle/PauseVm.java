package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Instant;

/**
 * Lets a VM's processors stand still, and go on. That it is paused is what is currently true of it,
 * and so is asked of the VMM, not stored. Called under the VM's lock.
 */
final class PauseVm {
  static final String ASKED = "somebody asked for it";

  private final VmContext context;

  PauseVm(VmContext context) {
    this.context = context;
  }

  /**
   * @param reason for people; what {@code vm show} says
   */
  VmOutcome pause(VmRecord vm, String reason) {
    Live live = running(vm, "pause");
    if (!live.paused().isEmpty()) {
      return new VmOutcome(vm, "already paused: " + live.paused());
    }
    context
        .drivers()
        .of(live.handles())
        .pause(context.paths(vm), live.handles(), LifecycleSettings.ASK_LIMIT);
    live.paused(reason);
    return VmOutcome.of(vm);
  }

  VmOutcome resume(VmRecord vm) {
    Live live = running(vm, "resume");
    if (live.paused().isEmpty()) {
      return new VmOutcome(vm, "not paused");
    }
    context
        .drivers()
        .of(live.handles())
        .resume(context.paths(vm), live.handles(), LifecycleSettings.ASK_LIMIT);
    // Also when nobody asked for it: the time that it stood still is not held against it.
    context.live().uses().touch(vm.id(), "resume");
    live.paused("");
    live.openLink().ifPresent(link -> setClock(vm, link));
    return VmOutcome.of(vm);
  }

  /** A guest's clock stood still with its processors. A new link sets it anyway. */
  private static void setClock(VmRecord vm, GuestLink link) {
    try {
      link.setClock(Instant.now(), LifecycleSettings.ASK_LIMIT);
    } catch (BangerException e) {
      System.getLogger(PauseVm.class.getName())
          .log(System.Logger.Level.INFO, "vm={0} its clock could not be set: {1}", vm.name(), e);
    }
  }

  private Live running(VmRecord vm, String what) {
    if (!(vm.state() instanceof VmState.Running)) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE,
          "cannot %s vm \"%s\": it is %s".formatted(what, vm.name(), vm.state().wireName()),
          "start it: banger vm start " + vm.name());
    }
    return context
        .live()
        .get(vm.id())
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.ILLEGAL_STATE,
                    "cannot %s vm \"%s\": its VMM just ended".formatted(what, vm.name())));
  }
}
