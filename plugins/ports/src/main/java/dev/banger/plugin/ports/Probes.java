package dev.banger.plugin.ports;

import dev.banger.api.CapabilityHost;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * What the ports of guests speak, one probe for each port, and none for a server that has been
 * probed already.
 */
final class Probes {
  /** Of one guest at once: a guest that lists more keeps nobody waiting. */
  static final int MOST_PORTS = 256;

  private static final int MOST_AT_ONCE = 32;
  private static final int MOST_KNOWN = 8192;

  /** For a whole table, whatever its servers do. */
  private static final Duration TABLE = Duration.ofSeconds(10);

  /** A server that was silent may only have been busy. */
  private static final Duration DOUBT = Duration.ofSeconds(60);

  private static final Duration DIAL = Duration.ofSeconds(3);

  private final Duration timeout;
  private final Map<Server, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Server, Known> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /**
   * @param timeout for each port
   */
  Probes(Duration timeout) {
    this.timeout = timeout;
  }

  /** Another process on the same port is another server. */
  private record Server(String vmId, int port, long pid, String process, String command) {}

  private record Known(Probe.Finding finding, long at) {
    boolean isGood() {
      return finding.sure() || System.nanoTime() - at < DOUBT.toNanos();
    }
  }

  /**
   * What each port speaks; a port that is not among them was not probed in time.
   *
   * @param servers one for each port
   * @param host good for this call
   */
  Map<Integer, Service> of(CapabilityHost host, VmView vm, List<GuestListener> servers)
      throws InterruptedException {
    Map<Integer, Service> services = new ConcurrentHashMap<>();
    Semaphore room = new Semaphore(MOST_AT_ONCE);
    List<Thread> probing = new ArrayList<>();
    long end = System.nanoTime() + TABLE.toNanos();
    try {
      for (GuestListener listener : servers) {
        Server server =
            new Server(
                vm.id(), listener.port(), listener.pid(), listener.process(), listener.command());
        Known before = recall(server);
        if (before != null) {
          services.put(server.port(), before.finding().service());
        } else if (probing.size() < MOST_PORTS) {
          probing.add(
              Thread.ofVirtual()
                  .name("probe-" + server.port())
                  .start(() -> probe(host, vm, server, room, services)));
        }
      }
      for (Thread thread : probing) {
        var _ = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } finally {
      probing.forEach(Thread::interrupt);
    }
    return services;
  }

  private void probe(
      CapabilityHost host,
      VmView vm,
      Server server,
      Semaphore room,
      Map<Integer, Service> services) {
    try {
      room.acquire();
      try {
        Probe.Finding finding =
            new Probe(() -> host.dial(vm, server.port(), DIAL), vm.name() + ".vm", timeout).find();
        synchronized (known) {
          known.put(server, new Known(finding, System.nanoTime()));
        }
        services.put(server.port(), finding.service());
      } finally {
        room.release();
      }
    } catch (InterruptedException e) {
      // The table is shown without it.
    }
  }

  private Known recall(Server server) {
    synchronized (known) {
      Known before = known.get(server);
      return before != null && before.isGood() ? before : null;
    }
  }
}
