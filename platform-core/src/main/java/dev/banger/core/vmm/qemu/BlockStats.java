package dev.banger.core.vmm.qemu;

import dev.banger.core.lifecycle.VmmDriver.Counters;
import java.util.List;
import java.util.Map;

/** What QEMU answers to {@code query-blockstats}: one entry a disk. It counts no network. */
final class BlockStats {
  private static final long NOT_COUNTED = -1;

  private BlockStats() {}

  /** All disks together; what is no number counts as nothing. */
  static Counters sum(Object answer) {
    long read = 0;
    long written = 0;
    if (answer instanceof List<?> disks) {
      for (Object disk : disks) {
        if (disk instanceof Map<?, ?> fields && fields.get("stats") instanceof Map<?, ?> stats) {
          read += number(stats.get("rd_bytes"));
          written += number(stats.get("wr_bytes"));
        }
      }
    }
    return new Counters(read, written, NOT_COUNTED, NOT_COUNTED);
  }

  private static long number(Object value) {
    return value instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }
}
