package dev.banger.plugin.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * What is answered now. Steps {@linkplain #publish publish} what they change, so that a VM has its
 * name when its start ends. Beside that it is read again from the store when it is used and older
 * than a second: another version of this plugin, which is loaded while VMs it has started run, may
 * have written there.
 */
final class LiveTable {
  static final Duration FRESH = Duration.ofSeconds(1);

  /** Reads all that is stored. */
  @FunctionalInterface
  interface Source {
    Collection<Entry> entries();
  }

  /**
   * @param serial of the zone: higher with every change, also across restarts
   * @param readAt by the clock given; the state is stale {@link #FRESH} later
   */
  record State(Table table, long serial, long readAt) {}

  private final Zone zone;
  private final InetAddress server;
  private final Source source;
  private final LongSupplier nanos;
  private final System.Logger log;
  private final AtomicReference<State> state;

  LiveTable(
      Zone zone,
      InetAddress server,
      Source source,
      LongSupplier nanos,
      long firstSerial,
      System.Logger log) {
    this.zone = zone;
    this.server = server;
    this.source = source;
    this.nanos = nanos;
    this.log = log;
    Table empty = Table.of(zone, java.util.List.of(), server);
    this.state =
        new AtomicReference<>(
            new State(empty, firstSerial, nanos.getAsLong() - FRESH.toNanos() - 1));
  }

  /** What has just been stored. Called under the lock that the writers of the store share. */
  void publish(Collection<Entry> entries) {
    Table table = Table.of(zone, entries, server);
    state.updateAndGet(old -> next(old, table));
  }

  State now() {
    State known = state.get();
    if (nanos.getAsLong() - known.readAt() <= FRESH.toNanos()) {
      return known;
    }
    Table table;
    try {
      table = Table.of(zone, source.entries(), server);
    } catch (RuntimeException e) {
      log.log(System.Logger.Level.WARNING, "cannot read the records; the last known ones go on", e);
      table = known.table();
    }
    State read = next(known, table);
    // What a step has published meanwhile is newer than what was read.
    return state.compareAndSet(known, read) ? read : state.get();
  }

  private State next(State old, Table table) {
    boolean same = table.equals(old.table());
    return new State(
        same ? old.table() : table, same ? old.serial() : old.serial() + 1, nanos.getAsLong());
  }
}
