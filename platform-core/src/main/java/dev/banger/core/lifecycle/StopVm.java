package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Brings a running VM down: asks its agent, else presses the power button, waits a grace window,
 * then kills the VMM. A guest that does not react is a normal case. Called under the VM's lock.
 */
final class StopVm {
  private final VmContext context;

  StopVm(VmContext context) {
    this.context = context;
  }

  /**
   * @param grace zero to kill at once
   * @return the VM, stopped, and a remark when it had to be forced
   */
  Outcome stop(VmRecord vm, Duration grace, Progress progress) throws InterruptedException {
    try (Steps steps = Steps.of(context, vm, progress)) {
      return stop(vm, grace, progress, steps);
    }
  }

  private Outcome stop(VmRecord vm, Duration grace, Progress progress, Steps steps)
      throws InterruptedException {
    Optional<Live> running = context.live().get(vm.id());
    VmRecord stopping =
        vm.state() instanceof VmState.Stopping
            ? vm
            : context.apply(vm, new VmEvent.StopRequested());
    String note = "";
    steps.stop(Phase.GUEST);
    if (running.isPresent() && !grace.isZero()) {
      Live live = running.get();
      long began = System.nanoTime();
      resume(stopping, live, progress);
      progress.stage("ask_guest", "started", "");
      ask(stopping, live, progress);
      progress.stage("wait_exit", "started", "");
      Duration left = grace.minusNanos(System.nanoTime() - began);
      if (exited(live, left)) {
        progress.stage("wait_exit", "done", "");
      } else {
        note = "forced: the guest ignored shutdown for %d s".formatted(grace.toSeconds());
        progress.stage("wait_exit", "failed", note);
      }
    }
    progress.stage("cleanup", "started", "");
    // Not before: a guest that shuts down is still held by what keeps it apart from its neighbours.
    steps.stop(Phase.HOST);
    try {
      context.killAndRelease(stopping);
      steps.stop(Phase.PREPARE);
    } catch (BangerException e) {
      context.apply(
          stopping.withLastError(e.getMessage()), new VmEvent.CleanupFailed(e.getMessage()));
      throw e;
    }
    VmRecord down = TakeDown.settle(context, stopping, new VmEvent.WentDown(), steps);
    context.extensions().happened(down, Extensions.Happening.STOPPED, "");
    if (!steps.pending().isEmpty()) {
      String what = String.join("; ", steps.pending());
      progress.stage("cleanup", "failed", what);
      throw new BangerException(
          ErrorKind.HOST,
          "vm \"%s\" is down, but not all was taken back: %s".formatted(vm.name(), what),
          "it is tried again by itself; now: banger vm repair " + vm.name());
    }
    progress.stage("cleanup", "done", "");
    String absent = steps.absentNote();
    return new Outcome(
        down, note.isEmpty() || absent.isEmpty() ? note + absent : note + "; " + absent);
  }

  /** A guest whose processors stand still cannot be asked anything. */
  private void resume(VmRecord vm, Live live, Progress progress) {
    if (live.paused().isEmpty()) {
      return;
    }
    try {
      context
          .drivers()
          .of(live.handles())
          .resume(context.paths(vm), live.handles(), LifecycleSettings.ASK_LIMIT);
      live.paused("");
      progress.stage("ask_guest", "note", "it was paused, and goes on to shut down");
    } catch (BangerException e) {
      progress.stage("ask_guest", "note", "it is paused and cannot go on: " + e.getMessage());
    }
  }

  private void ask(VmRecord vm, Live live, Progress progress) throws InterruptedException {
    VmPaths paths = context.paths(vm);
    try {
      context
          .live()
          .connect(live, LifecycleSettings.ASK_LIMIT)
          .shutdown(LifecycleSettings.ASK_LIMIT);
      progress.stage("ask_guest", "done", "agent");
      return;
    } catch (BangerException e) {
      progress.stage("ask_guest", "note", "the agent did not take it: " + e.getMessage());
    }
    try {
      context
          .drivers()
          .of(live.handles())
          .powerButton(paths, live.handles(), LifecycleSettings.ASK_LIMIT);
      progress.stage("ask_guest", "done", "power button");
    } catch (BangerException e) {
      progress.stage("ask_guest", "failed", e.getMessage());
    }
  }

  private static boolean exited(Live live, Duration atMost) throws InterruptedException {
    try {
      live.exit().get(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("exit futures never fail", e);
    }
  }

  /**
   * @param note a short remark for people; empty when all went as asked
   */
  record Outcome(VmRecord vm, String note) {}
}
