package dev.banger.core.stats;

import dev.banger.core.host.ProcessMeter;
import dev.banger.core.model.VmHandles;
import java.util.OptionalDouble;

/** The CPU time of one VMM at some moments of the past minutes. The oldest is overwritten. */
final class CpuHistory {
  /** Ten minutes, at {@link CpuWatch#INTERVAL}. */
  static final int KEPT = 120;

  /** Less time than this has too few ticks in it to speak of percent. */
  private static final long LEAST_NANOS = 500_000_000;

  private static final double NANOS_PER_TICK_PERCENT = 1e11 / ProcessMeter.TICKS_PER_SECOND;

  private final VmHandles process;
  private final long[] nanos = new long[KEPT];
  private final long[] ticks = new long[KEPT];
  private int next;
  private int count;

  CpuHistory(VmHandles process) {
    this.process = process;
  }

  /** Whether this is about that run of a VM. */
  boolean isOf(VmHandles handles) {
    return process.pid() == handles.pid() && process.startTicks() == handles.startTicks();
  }

  synchronized void add(long atNanos, long cpuTicks) {
    nanos[next] = atNanos;
    ticks[next] = cpuTicks;
    next = (next + 1) % KEPT;
    count = Math.min(count + 1, KEPT);
  }

  synchronized boolean isEmpty() {
    return count == 0;
  }

  /** On average over the time before the newest sample. */
  synchronized OptionalDouble percent(long windowNanos) {
    int newest = (next + KEPT - 1) % KEPT;
    return count == 0 ? OptionalDouble.empty() : percent(nanos[newest], ticks[newest], windowNanos);
  }

  /**
   * On average over the time before a moment at which {@code cpuTicks} were read.
   *
   * @param windowNanos reaches back to the sample before its beginning, or else to the oldest
   */
  synchronized OptionalDouble percent(long atNanos, long cpuTicks, long windowNanos) {
    int from = -1;
    for (int back = 1; back <= count; back++) {
      from = (next + KEPT - back) % KEPT;
      if (atNanos - nanos[from] >= windowNanos) {
        break;
      }
    }
    if (from < 0 || atNanos - nanos[from] < LEAST_NANOS) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        Math.max(0, cpuTicks - ticks[from]) * NANOS_PER_TICK_PERCENT / (atNanos - nanos[from]));
  }
}
