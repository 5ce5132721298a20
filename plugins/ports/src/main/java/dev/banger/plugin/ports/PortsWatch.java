package dev.banger.plugin.ports;

import static java.util.stream.Collectors.toSet;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Shows what appears and what goes, until whoever watches has enough. */
final class PortsWatch {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final PortTable table;
  private final CommandCall call;

  PortsWatch(PortTable table, CommandCall call) {
    this.table = table;
    this.call = call;
  }

  void run(List<VmView> vms) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    try {
      for (VmView vm : vms) {
        threads.add(Thread.ofVirtual().name("ports-watch-" + vm.name()).start(() -> watch(vm)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private void watch(VmView vm) {
    Shown shown = new Shown(vm);
    Thread renewing =
        Thread.ofVirtual().name("ports-renew-" + vm.name()).start(() -> renew(vm, shown));
    try {
      while (true) {
        try {
          call.host().watchListeners(vm, shown::now);
        } catch (CapabilityException e) {
          // Shown as gone; it may come back.
          shown.none();
          if (isDeleted(vm)) {
            return;
          }
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Enough.
    } finally {
      renewing.interrupt();
    }
  }

  /** Shows rows again whose forwarding becomes known, or another, after they were shown. */
  private void renew(VmView vm, Shown shown) {
    try {
      while (true) {
        Optional<VmForwards> forwards = table.forwards(vm);
        if (forwards.isPresent()) {
          long seen = -1;
          while (forwards.get().awaitChange(seen)) {
            seen = forwards.get().changes();
            shown.again();
          }
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Enough.
    }
  }

  private boolean isDeleted(VmView vm) {
    try {
      return !call.host().resolve(vm.id()).id().equals(vm.id());
    } catch (CapabilityException e) {
      return true;
    }
  }

  private final class Shown {
    private final VmView vm;
    private final ReentrantLock turn = new ReentrantLock();
    private List<GuestListener> latest = List.of();
    private Set<Row> rows = Set.of();

    Shown(VmView vm) {
      this.vm = vm;
    }

    void now(List<GuestListener> listeners) throws InterruptedException {
      turn.lockInterruptibly();
      try {
        latest = listeners;
        show(table.rows(call.host(), vm, listeners));
      } finally {
        turn.unlock();
      }
    }

    /** By what was told last. */
    void again() throws InterruptedException {
      turn.lockInterruptibly();
      try {
        if (!latest.isEmpty()) {
          show(table.rows(call.host(), vm, latest));
        }
      } catch (CapabilityException e) {
        // Whoever watches the guest hears of it as well, and says so.
      } finally {
        turn.unlock();
      }
    }

    void none() throws InterruptedException {
      turn.lockInterruptibly();
      try {
        latest = List.of();
        show(Set.of());
      } finally {
        turn.unlock();
      }
    }

    private void show(Set<Row> now) throws InterruptedException {
      Set<Row.Server> there = now.stream().map(Row::server).collect(toSet());
      for (Row row : rows) {
        // One that is only reached otherwise now has not gone: its line is said again.
        boolean isKept = !row.server().udp() && there.contains(row.server());
        if (!now.contains(row) && !isKept) {
          emit("gone", row);
        }
      }
      for (Row row : now) {
        if (!rows.contains(row)) {
          emit("listens", row);
        }
      }
      rows = now;
    }

    private void emit(String change, Row row) throws InterruptedException {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("change", change);
      fields.putAll(row.fields(true));
      // One at a time: several VMs are watched beside each other.
      synchronized (PortsWatch.this) {
        call.emit(fields);
      }
    }
  }
}
