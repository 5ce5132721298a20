package dev.banger.agent;

import dev.banger.protocol.GuestMessage.Listener;
import dev.banger.protocol.GuestMessage.ListenersReport;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells what listens in the guest, once or whenever it has changed. Thread-safe. It looks into
 * /proc itself: nothing has to be installed, and no process is started.
 */
final class ListenerService {
  private static final long PAUSE_MILLIS = 1_000;

  /** Where looking takes long, it may take this share of the time: one in so many. */
  private static final long SHARE = 20;

  /**
   * Rounds between two searches for containers, which cost a look at every process; so often the
   * tables are read whatever the counts say.
   */
  private static final int ALL_EVERY = 5;

  private final Path proc;
  private final Processes processes;
  private final SocketOwners owners;

  ListenerService() {
    this(Path.of("/proc"));
  }

  ListenerService(Path proc) {
    this.proc = proc;
    this.processes = new Processes(proc);
    this.owners = new SocketOwners(processes);
  }

  void serve(MuxStream stream, boolean watch) throws IOException, InterruptedException {
    List<Path> others = NetworkSpaces.others(processes);
    String counts = counts(others);
    List<Bound> told = look(others);
    tell(stream, told);
    for (int round = 1; watch && stream.isOpen(); round++) {
      long began = System.nanoTime();
      boolean all = round % ALL_EVERY == 0;
      if (all) {
        others = NetworkSpaces.others(processes);
      }
      String countsNow = counts(others);
      if (all || countsNow == null || !countsNow.equals(counts)) {
        List<Bound> now = look(others);
        if (!now.equals(told)) {
          tell(stream, now);
          told = now;
        }
      }
      counts = countsNow;
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      Thread.sleep(Math.max(PAUSE_MILLIS, SHARE * took));
    }
  }

  private String counts(List<Path> others) {
    return SocketCounts.of(proc.resolve("net"), others);
  }

  private List<Bound> look(List<Path> others) {
    SocketTable table = new SocketTable();
    table.addAll(proc.resolve("net"), false);
    for (Path net : others) {
      table.addAll(net, true);
    }
    return table.listeners();
  }

  private void tell(MuxStream stream, List<Bound> all) throws IOException {
    List<Listener> named = named(all);
    int at = 0;
    do {
      int end = Math.min(at + MessageCodec.MAX_LISTENERS, named.size());
      boolean last = end == named.size();
      MessageCodec.write(stream.out(), new ListenersReport(named.subList(at, end), last));
      at = end;
    } while (at < named.size());
  }

  List<Listener> listeners() {
    return named(look(NetworkSpaces.others(processes)));
  }

  private List<Listener> named(List<Bound> all) {
    Set<Long> inodes = new HashSet<>();
    for (Bound one : all) {
      inodes.add(one.inode());
    }
    Map<Long, Processes.Owner> found = owners.of(inodes);
    List<Listener> named = new ArrayList<>(all.size());
    for (Bound one : all) {
      Processes.Owner owner = found.get(one.inode());
      if (owner == null) {
        owner = Processes.Owner.UNKNOWN;
      }
      named.add(
          new Listener(
              one.udp(),
              one.address(),
              one.port(),
              owner.pid(),
              owner.name(),
              owner.command(),
              one.elsewhere()));
    }
    return named;
  }
}
