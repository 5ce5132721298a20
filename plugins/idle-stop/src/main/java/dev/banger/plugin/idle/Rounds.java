package dev.banger.plugin.idle;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.VmUsage;
import dev.banger.api.VmView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Looks at all VMs, again and again, and stops those that were not used for too long. */
final class Rounds {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Below this a minute is too coarse to say when something happens. */
  private static final Duration TO_THE_MINUTE = Duration.ofMinutes(10);

  private final CapabilityHost host;
  private final IdleStopSettings settings;
  private final Notes notes;
  private final System.Logger log;
  private final InstantSource clock;
  private final ZoneId zone;
  private volatile Duration current = LONGEST;

  Rounds(
      CapabilityHost host,
      IdleStopSettings settings,
      Notes notes,
      System.Logger log,
      InstantSource clock,
      ZoneId zone) {
    this.host = host;
    this.settings = settings;
    this.notes = notes;
    this.log = log;
    this.clock = clock;
    this.zone = zone;
  }

  /**
   * Looks at each VM once.
   *
   * @return how long to wait before the next round: a tenth of the shortest time a VM has, 1 s to
   *     60 s
   */
  Duration round() throws InterruptedException {
    Duration pause = LONGEST;
    Set<String> ids = new HashSet<>();
    for (VmView vm : host.vms()) {
      ids.add(vm.id());
      if (vm.isRunning()) {
        notes.runs(vm.id());
        Duration wanted = look(vm);
        pause = wanted.compareTo(pause) < 0 ? wanted : pause;
      } else {
        notes.isDown(vm.id());
      }
    }
    notes.keepOnly(ids);
    current = pause;
    return pause;
  }

  /** Whether a VM that has come cannot wait for the next round. */
  boolean isUrgent(VmView vm) {
    try {
      return Allowance.of(vm, settings.after())
          .filter(allowed -> within(allowed.dividedBy(10)).compareTo(current) < 0)
          .isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Duration look(VmView vm) throws InterruptedException {
    try {
      Optional<Duration> allowed = Allowance.of(vm, settings.after());
      if (allowed.isEmpty()) {
        notes.say(vm.id(), "");
        return LONGEST;
      }
      judge(vm, allowed.get(), host.usage(vm, allowed.get()));
      return within(allowed.get().dividedBy(10));
    } catch (IllegalArgumentException e) {
      notes.say(vm.id(), "is not stopped when it is unused: " + e.getMessage());
    } catch (CapabilityException e) {
      // It has gone down or away meanwhile; else the next round says the same.
      log.log(System.Logger.Level.DEBUG, "vm {0}: {1}", vm.name(), e.getMessage());
    }
    return LONGEST;
  }

  private static Duration within(Duration pause) {
    if (pause.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  private void judge(VmView vm, Duration allowed, VmUsage usage) throws InterruptedException {
    boolean isBusy = usage.cpuPercent().orElse(0) >= settings.cpu() && settings.cpu() > 0;
    if (usage.isInUse() || usage.isPaused() || isBusy) {
      notes.say(vm.id(), "");
      return;
    }
    Duration left = allowed.minus(usage.unusedFor());
    if (!left.isPositive()) {
      stop(vm, allowed, usage);
    } else if (left.multipliedBy(5).compareTo(allowed) < 0) {
      Instant now = clock.instant();
      boolean isSoon = allowed.compareTo(TO_THE_MINUTE) < 0;
      notes.say(
          vm.id(),
          "stops at %s unless it is used, or: banger vm touch %s"
              .formatted(Words.time(now.plus(left), now, zone, isSoon), vm.name()));
    } else {
      notes.say(vm.id(), "");
    }
  }

  private void stop(VmView vm, Duration allowed, VmUsage usage) throws InterruptedException {
    Instant now = clock.instant();
    String reason =
        "not used for %s (last use: %s at %s)"
            .formatted(
                Words.duration(allowed),
                usage.by(),
                Words.time(usage.lastUsed(), now, zone, allowed.compareTo(TO_THE_MINUTE) < 0));
    notes.stopping(
        vm.id(), "stopped at %s because it was %s".formatted(Words.dated(now, zone), reason));
    boolean isStopping = false;
    try {
      isStopping = host.stopUnused(vm, allowed, reason);
    } catch (CapabilityException e) {
      log.log(
          System.Logger.Level.WARNING, "vm {0} cannot be stopped: {1}", vm.name(), e.getMessage());
    }
    if (isStopping) {
      notes.stopped(vm.id());
    } else {
      notes.drop(vm.id());
    }
  }
}
