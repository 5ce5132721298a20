package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The ports of one VM at its loopback address: each appears with its listener in the guest and goes
 * with it. What is reached at an address of the guest's own needs none. One thread waits for the
 * guest to tell, and one for each port waits for connections.
 */
final class VmForwards {
  /** After the link to the guest was lost; doubled each time, up to the longest. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MOST_REMARKS = 8;
  private static final Duration JOIN = Duration.ofSeconds(3);

  private final CapabilityHost host;
  private final VmView vm;
  private final PortsSettings settings;
  private final System.Logger log;
  private final Connections connections;
  private final Map<Integer, PortForward> open = new TreeMap<>();
  private final Map<Integer, String> refused = new TreeMap<>();
  private final Set<Integer> unasked = new TreeSet<>();
  private final Thread thread;
  private SortedSet<Integer> wanted = new TreeSet<>();
  private long changes;
  private final Consumer<List<String>> remarks;
  private boolean isClosed;
  private volatile Duration pause = FIRST_PAUSE;

  /**
   * @param remarks told which ports are not forwarded, whenever that is looked at
   */
  VmForwards(
      CapabilityHost host,
      VmView vm,
      PortsSettings settings,
      System.Logger log,
      Consumer<List<String>> remarks) {
    this.remarks = remarks;
    this.host = host;
    this.vm = vm;
    this.settings = settings;
    this.log = log;
    this.connections = new Connections(host, vm);
    this.thread = Thread.ofVirtual().name("ports-" + vm.name()).unstarted(this::watch);
  }

  void begin() {
    thread.start();
  }

  String address() {
    return vm.network().loopback().orElse("");
  }

  VmView vm() {
    return vm;
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          host.watchListeners(vm, this::changed);
        } catch (CapabilityException e) {
          // Not up yet, restarting, or gone; the ports stay for when it is back.
          log.log(System.Logger.Level.DEBUG, "ports of {0}: {1}", vm.name(), e.getMessage());
        }
        Thread.sleep(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      }
    } catch (InterruptedException e) {
      // It is over.
    }
  }

  private void changed(List<GuestListener> now) {
    pause = FIRST_PAUSE;
    SortedSet<Integer> ports = Listening.indirect(Listening.reached(now), vm.network());
    synchronized (this) {
      wanted = ports;
      refresh();
      changes++;
      notifyAll();
    }
  }

  /**
   * Waits until the guest has told of these ports here too: whoever asks it by himself may hear of
   * a port first.
   *
   * @param ports those that need a forward
   * @return whether it has in this time
   */
  synchronized boolean awaitKnown(Set<Integer> ports, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!isClosed && !wanted.containsAll(ports)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return !isClosed;
  }

  /** How often the guest has told of a change; any other number than before is news. */
  synchronized long changes() {
    return changes;
  }

  /**
   * Waits until the guest has told of a change after that one.
   *
   * @param seen as {@link #changes} said before
   * @return false when this has ended
   */
  synchronized boolean awaitChange(long seen) throws InterruptedException {
    while (!isClosed && changes == seen) {
      wait();
    }
    return !isClosed;
  }

  /** Opens what is missing, as far as it can be, and closes what is no longer there. */
  synchronized void refresh() {
    if (isClosed) {
      return;
    }
    open.entrySet()
        .removeIf(
            entry -> {
              boolean isGone = !wanted.contains(entry.getKey());
              if (isGone) {
                entry.getValue().close();
              }
              return isGone;
            });
    refused.clear();
    unasked.clear();
    for (int port : wanted) {
      if (open.containsKey(port)) {
        continue;
      }
      if (settings.exclude().contains(port)) {
        unasked.add(port);
      } else if (open.size() >= settings.maxForwards()) {
        refused.put(
            port,
            "not forwarded: %d ports are, which is max_forwards".formatted(settings.maxForwards()));
      } else {
        open(port);
      }
    }
    remarks.accept(remarksOf(refused.values()));
  }

  /** Those for which the reason is the same are one. */
  private static List<String> remarksOf(Collection<String> reasons) {
    List<String> all = reasons.stream().distinct().toList();
    if (all.size() <= MOST_REMARKS) {
      return all;
    }
    List<String> shown = new ArrayList<>(all.subList(0, MOST_REMARKS));
    shown.add("%d more ports are not forwarded".formatted(all.size() - MOST_REMARKS));
    return shown;
  }

  private void open(int port) {
    try {
      open.put(port, PortForward.open(address(), port, connections));
    } catch (IOException e) {
      refused.put(port, "not forwarded: " + why(port, e));
    }
  }

  private String why(int port, IOException e) {
    String reason = String.valueOf(e.getMessage());
    String place = address() + ":" + port;
    if (e instanceof BindException && reason.contains("in use")) {
      return place + " is in use";
    }
    return reason.contains("ermission denied")
        ? place + " needs privileges"
        : "cannot listen on %s: %s".formatted(place, reason);
  }

  /** See {@link Connections#use}. */
  Optional<Integer> use() {
    return connections.use();
  }

  /** The ports that are forwarded now. */
  synchronized SortedSet<Integer> forwarded() {
    return new TreeSet<>(open.keySet());
  }

  /** Why ports are not forwarded that could be. */
  synchronized Map<Integer, String> refused() {
    return new TreeMap<>(refused);
  }

  /** Whether the port is one that is not to be forwarded. */
  synchronized boolean isExcluded(int port) {
    return unasked.contains(port);
  }

  /** Frees all ports, and ends what is connected. */
  void close() {
    thread.interrupt();
    synchronized (this) {
      isClosed = true;
      notifyAll();
      open.values().forEach(PortForward::close);
      open.clear();
      remarks.accept(List.of());
    }
    connections.close();
  }

  /** Until nothing of it runs, within a time. */
  void join() throws InterruptedException {
    if (!thread.join(JOIN)) {
      log.log(System.Logger.Level.WARNING, "the watch of {0} did not end", vm.name());
    }
  }
}
