package dev.banger.core.stats;

import dev.banger.core.host.ProcessMeter;
import dev.banger.core.host.SparseFile;
import dev.banger.core.lifecycle.DiskProvisioner.RootDisk;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.lifecycle.VmmDriver.Counters;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Puts together what one VM uses, when somebody asks. */
public final class VmUsage {
  private static final Logger LOG = Logger.getLogger(VmUsage.class.getName());

  /** What CPU use is averaged over. */
  public static final Duration WINDOW = Duration.ofSeconds(10);

  /** A guest that needs longer has other worries; its numbers are left out. */
  private static final Duration GUEST_LIMIT = Duration.ofMillis(500);

  private final VmService vms;
  private final Drivers drivers;
  private final CpuWatch cpu;
  private final ProcessMeter meter;

  public VmUsage(VmService vms, Drivers drivers, CpuWatch cpu, ProcessMeter meter) {
    this.vms = vms;
    this.drivers = drivers;
    this.cpu = cpu;
    this.meter = meter;
  }

  /** Takes as long as VMM and guest need for an answer, about a second at most. */
  public Usage of(VmRecord vm) {
    Optional<Live> running = vms.live(vm.id());
    Optional<VmHandles> handles = running.map(Live::handles);
    Optional<Counters> counters = handles.flatMap(known -> counters(vm, known));
    return new Usage(
        running
            .map(live -> cpu.percentUpToNow(vm.id(), live, WINDOW))
            .orElse(OptionalDouble.empty()),
        mib(handles.map(known -> meter.residentKiB(known.pid(), known.startTicks()))),
        running.map(VmUsage::guestMemory).orElse(OptionalLong.empty()),
        number(vms.rootDisk(vm).map(RootDisk::usedBytes)),
        SparseFile.allocatedBytes(vms.paths(vm).workDisk()),
        number(counters.map(Counters::diskRead)),
        number(counters.map(Counters::diskWritten)),
        number(counters.map(Counters::netReceived)),
        number(counters.map(Counters::netSent)),
        handles.map(known -> meter.ageSeconds(known.startTicks())).orElse(OptionalLong.empty()));
  }

  private Optional<Counters> counters(VmRecord vm, VmHandles handles) {
    try {
      return drivers.of(handles).counters(vms.paths(vm), handles);
    } catch (BangerException e) {
      LOG.log(Level.FINE, "vm={0} has no counters: {1}", new Object[] {vm.id(), e.getMessage()});
      return Optional.empty();
    }
  }

  /** Only where it costs no new connection. */
  private static OptionalLong guestMemory(Live live) {
    Optional<GuestLink> link = live.openLink().filter(_ -> live.paused().isEmpty());
    if (link.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      GuestLink.Health health = link.get().health(GUEST_LIMIT);
      long used = health.memoryTotalMiB() - health.memoryAvailableMiB();
      return used < 0 ? OptionalLong.empty() : OptionalLong.of(used);
    } catch (BangerException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong mib(Optional<OptionalLong> kib) {
    OptionalLong known = kib.orElse(OptionalLong.empty());
    return known.isPresent() ? OptionalLong.of((known.getAsLong() + 512) / 1024) : known;
  }

  /** A negative number says that it is not counted. */
  private static OptionalLong number(Optional<Long> number) {
    return number.isPresent() && number.get() >= 0
        ? OptionalLong.of(number.get())
        : OptionalLong.empty();
  }
}
