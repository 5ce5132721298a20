package dev.banger.core.stats;

import dev.banger.core.host.ProcessMeter;
import dev.banger.core.lifecycle.CpuLoad;
import dev.banger.core.lifecycle.LiveVms;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks at the CPU time of every running VM at a slow, steady pace: one small file a VM, and
 * nothing is asked of VMM or guest. Whoever wants to know it as of now has it read once more, so
 * nobody who watches makes this faster.
 */
public final class CpuWatch implements CpuLoad, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CpuWatch.class.getName());

  static final Duration INTERVAL = Duration.ofSeconds(5);

  private final LiveVms live;
  private final ProcessMeter meter;
  private final LongSupplier nanos;
  private final Map<VmId, CpuHistory> histories = new ConcurrentHashMap<>();
  private final byte[] buffer = new byte[ProcessMeter.BUFFER];
  private Thread thread;

  /**
   * @param nanos a clock that only goes forward, as {@link System#nanoTime}
   */
  public CpuWatch(LiveVms live, ProcessMeter meter, LongSupplier nanos) {
    this.live = live;
    this.meter = meter;
    this.nanos = nanos;
  }

  public synchronized void start() {
    thread =
        Thread.ofVirtual()
            .name("cpu-watch")
            .start(
                () -> {
                  try {
                    while (true) {
                      lookSafely();
                      Thread.sleep(INTERVAL);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the CPU time of VMs could not be looked at", e);
    }
  }

  /** Takes one sample of every running VM, and forgets the others. Called by one at a time. */
  public void look() {
    List<VmId> running = live.ids();
    for (VmId id : running) {
      Optional<Live> vm = live.get(id);
      if (vm.isPresent()) {
        CpuHistory history = history(id, vm.get());
        long ticks = ticks(vm.get(), buffer);
        if (ticks != ProcessMeter.UNKNOWN) {
          history.add(nanos.getAsLong(), ticks);
        }
      }
    }
    if (histories.size() > running.size()) {
      histories.keySet().removeIf(id -> live.get(id).isEmpty());
    }
  }

  private CpuHistory history(VmId id, Live vm) {
    return histories.compute(
        id,
        (_, known) ->
            known != null && known.isOf(vm.handles()) ? known : new CpuHistory(vm.handles()));
  }

  private long ticks(Live vm, byte[] into) {
    return meter.cpuTicks(vm.handles().pid(), vm.handles().startTicks(), into);
  }

  @Override
  public OptionalDouble percent(VmId vm, Duration window) {
    Optional<Live> now = live.get(vm);
    CpuHistory history = histories.get(vm);
    if (now.isEmpty() || history == null || !history.isOf(now.get().handles())) {
      return OptionalDouble.empty();
    }
    return now.get().paused().isEmpty() ? history.percent(window.toNanos()) : OptionalDouble.of(0);
  }

  /** The same up to this moment, at the price of one more look at this VM. */
  OptionalDouble percentUpToNow(VmId id, Live vm, Duration window) {
    if (!vm.paused().isEmpty()) {
      return OptionalDouble.of(0);
    }
    long ticks = ticks(vm, new byte[ProcessMeter.BUFFER]);
    if (ticks == ProcessMeter.UNKNOWN) {
      return OptionalDouble.empty();
    }
    CpuHistory history = history(id, vm);
    long at = nanos.getAsLong();
    OptionalDouble percent = history.percent(at, ticks, window.toNanos());
    if (history.isEmpty()) {
      // The next one who asks need not wait for the next round.
      history.add(at, ticks);
    }
    return percent;
  }

  /** How many VMs something is remembered of. */
  int remembered() {
    return histories.size();
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
