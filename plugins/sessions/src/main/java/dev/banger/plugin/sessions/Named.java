package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CommandCall;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.VmView;
import java.time.Duration;

/** A session that a command is about: the VM and its name in it. */
record Named(CapabilityHost host, VmView vm, String name) {
  static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration LEAVING = Duration.ofSeconds(1);
  private static final Duration AGAIN = Duration.ofMillis(50);

  static Named of(CommandCall call) throws InterruptedException {
    VmView vm = running(call);
    return new Named(call.host(), vm, call.text("session"));
  }

  /** The VM, which must be up: its sessions are inside. */
  static VmView running(CommandCall call) throws InterruptedException {
    VmView vm = call.host().resolve(call.text("vm"));
    if (!vm.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "VM %s is %s, not running; its sessions are inside it".formatted(vm.name(), vm.state()),
          "banger vm start " + vm.name());
    }
    return vm;
  }

  GuestJob job() throws InterruptedException {
    return known(() -> host.job(vm, name, QUICK));
  }

  /** Asks the guest; that a session is not there is told in the words of this plugin. */
  <T> T known(Question<T> question) throws InterruptedException {
    try {
      return question.ask();
    } catch (CapabilityException e) {
      if (e.kind() == FailureKind.NOT_FOUND) {
        throw new CapabilityException(
            FailureKind.NOT_FOUND,
            "VM %s has no session \"%s\"".formatted(vm.name(), name),
            "banger vm session list " + vm.name(),
            e);
      }
      throw e;
    }
  }

  /** Waits a little for the input: who had it may just have left. */
  JobConnection connect(JobView view) throws InterruptedException {
    long end = System.nanoTime() + LEAVING.toNanos();
    while (true) {
      try {
        return known(() -> host.connect(vm, name, view, QUICK));
      } catch (CapabilityException e) {
        if (e.kind() != FailureKind.CONFLICT) {
          throw e;
        }
        if (System.nanoTime() - end > 0) {
          throw new CapabilityException(
              FailureKind.CONFLICT,
              "somebody else sends to session %s".formatted(name),
              line("attach") + " --read-only",
              e);
        }
      }
      Thread.sleep(AGAIN);
    }
  }

  /** What is typed to do something with it. */
  String line(String verb) {
    return "banger vm session %s %s %s".formatted(verb, vm.name(), name);
  }

  /** Something that the guest is asked. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws InterruptedException;
  }
}
