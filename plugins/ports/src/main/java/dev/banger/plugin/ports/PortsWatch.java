package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    try {
      while (true) {
        try {
          call.host().watchListeners(vm, shown::now);
        } catch (CapabilityException e) {
          // Shown as gone; it may come back.
          shown.show(Set.of());
          if (isDeleted(vm)) {
            return;
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
    private Set<Row> rows = Set.of();

    Shown(VmView vm) {
      this.vm = vm;
    }

    void now(List<GuestListener> listeners) throws InterruptedException {
      show(table.rows(call.host(), vm, listeners));
    }

    void show(Set<Row> now) throws InterruptedException {
      Set<Row> gone = new LinkedHashSet<>(rows);
      gone.removeAll(now);
      for (Row row : gone) {
        emit("gone", row);
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
