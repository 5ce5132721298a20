package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Watches disks that end for good when they run over: warns early, pauses the VM before it happens,
 * and lets it go on when there is room again. Where a VM cannot be paused it is ended in time: a
 * power cut costs a guest its last moments, an overflow costs it all.
 */
public final class DiskWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DiskWatch.class.getName());

  /** Percent of the room. */
  static final int WARN = 80;

  static final int PAUSE = 95;
  static final int END = 98;
  static final int GO_ON = 90;

  /** A fast guest writes some GiB meanwhile. */
  private static final Duration CALM = Duration.ofSeconds(5);

  private static final Duration TENSE = Duration.ofSeconds(1);

  private final VmContext context;
  private final PauseVm pauser;
  private Thread thread;

  public DiskWatch(VmContext context) {
    this.context = context;
    this.pauser = new PauseVm(context);
  }

  public synchronized void start() {
    thread =
        Thread.ofVirtual()
            .name("disk-watch")
            .start(
                () -> {
                  try {
                    while (true) {
                      Thread.sleep(look() < WARN ? CALM : TENSE);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  /**
   * Looks once at every running VM.
   *
   * @return how full the fullest disk is, in percent
   */
  int look() throws InterruptedException {
    int most = 0;
    for (VmId id : context.live().ids()) {
      try {
        most = Math.max(most, look(id));
      } catch (BangerException e) {
        LOG.log(Level.WARNING, "vm={0} its disk could not be looked at: {1}", words(id, e));
      }
    }
    return most;
  }

  private int look(VmId id) throws InterruptedException {
    Optional<Live> live = context.live().get(id);
    Optional<Pressure> pressure = context.disks().pressure(context.directories().paths(id));
    if (live.isEmpty() || pressure.isEmpty()) {
      return 0;
    }
    Pressure now = pressure.get();
    String before = live.get().diskRemark();
    live.get().diskRemark(remark(now));
    if (before.isEmpty() && !live.get().diskRemark().isEmpty()) {
      LOG.log(Level.WARNING, "vm={0} {1}", new Object[] {id, live.get().diskRemark()});
    }
    if (now.lost()) {
      act(id, vm -> end(vm, "its root disk ran over, and what the guest wrote is lost"));
    } else if (now.percent() >= PAUSE && live.get().paused().isEmpty()) {
      act(id, vm -> pause(vm, now));
    } else if (now.percent() <= GO_ON && live.get().pausedForItsDisk()) {
      act(id, vm -> LOG.log(Level.INFO, "vm={0} goes on", pauser.resume(vm).vm().name()));
    }
    return now.percent();
  }

  private static String remark(Pressure now) {
    if (now.lost()) {
      return "the root disk ran over: what the guest wrote is lost";
    }
    return now.percent() < WARN
        ? ""
        : "the root disk has used %d %% of its room on the host%s"
            .formatted(now.percent(), now.hint().isEmpty() ? "" : "; " + now.hint());
  }

  @FunctionalInterface
  private interface Act {
    void on(VmRecord vm) throws InterruptedException;
  }

  /** Unless somebody else is at this VM: then the next look does it, if it is still due. */
  private void act(VmId id, Act act) throws InterruptedException {
    boolean ignored =
        context
            .locks()
            .ifFree(
                id,
                () -> {
                  Optional<VmRecord> vm = context.store().find(id);
                  if (vm.isPresent() && vm.get().state() instanceof VmState.Running) {
                    act.on(vm.get());
                  }
                });
  }

  private void pause(VmRecord vm, Pressure now) throws InterruptedException {
    try {
      pauser.pause(vm, Live.FOR_ITS_DISK);
      LOG.log(Level.WARNING, "vm={0} is paused: {1}", new Object[] {vm.name(), remark(now)});
    } catch (BangerException e) {
      LOG.log(Level.WARNING, "vm={0} cannot be paused: {1}", words(vm.id(), e));
      if (now.percent() >= END) {
        end(vm, "its root disk was about to run over, and it could not be paused");
      }
    }
  }

  private void end(VmRecord vm, String cause) throws InterruptedException {
    LOG.log(Level.WARNING, "vm={0} is ended: {1}", new Object[] {vm.name(), cause});
    context.endBecause(vm, cause);
  }

  private static Object[] words(VmId id, BangerException e) {
    return new Object[] {id, e.getMessage()};
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
