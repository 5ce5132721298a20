package dev.banger.core.disk;

import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How near snapshots are to being lost. Two things can run full: the file of the changes, which is
 * made large enough not to, and the host's file system under it, for that file is sparse.
 */
final class SnapshotPressure {
  /** All snapshots are asked after at once; who asks for the next one soon gets the same answer. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  /** With less free space than this a guest may fill it between two looks. */
  private static final long SCARCE = 256L << 20;

  private static final long SHORT = 1L << 30;

  private static final String LOST =
      "what the guest wrote can no longer be read: copy what you need from elsewhere, then delete"
          + " the VM";

  private final DeviceMapper mapper;
  private Map<String, DeviceMapper.Status> statuses = Map.of();
  private long askedNanos;
  private boolean asked;

  SnapshotPressure(DeviceMapper mapper) {
    this.mapper = mapper;
  }

  Pressure of(String name, Path changes) throws IOException {
    if (ChangesFile.state(changes) == ChangesFile.State.LOST) {
      return new Pressure(100, true, LOST);
    }
    if (!Files.exists(mapper.node(name))) {
      return new Pressure(0, false, "");
    }
    return of(statuses().get(name), changes, DiskSpace.freeBytes(changes));
  }

  static Pressure of(DeviceMapper.Status status, Path changes, long free) {
    if (status == null) {
      return new Pressure(0, false, "");
    }
    if (status.lost()) {
      return new Pressure(100, true, LOST);
    }
    int inside = percent(status.used(), status.total());
    int outside = hostPercent(status, free);
    if (outside <= inside) {
      return new Pressure(
          inside, false, inside < 80 ? "" : "delete files in the guest will not help: stop the VM");
    }
    return new Pressure(
        outside,
        false,
        outside < 80
            ? ""
            : "make room in %s, where %d MiB are free".formatted(changes.getParent(), free >> 20));
  }

  /**
   * Of what the host can give this file in all. Nothing to fear while all that the guest can still
   * change fits.
   */
  private static int hostPercent(DeviceMapper.Status status, long free) {
    long used = status.used() * SnapshotNote.SECTOR;
    long left = (status.total() - status.used()) * SnapshotNote.SECTOR;
    if (left <= free) {
      return 0;
    }
    int floor = free < SCARCE ? 95 : free < SHORT ? 80 : 0;
    return Math.max(floor, percent(used, used + free));
  }

  private static int percent(long part, long whole) {
    return whole <= 0 ? 100 : (int) Math.min(100, part * 100 / whole);
  }

  private synchronized Map<String, DeviceMapper.Status> statuses() {
    if (!asked || System.nanoTime() - askedNanos > FRESH.toNanos()) {
      statuses = mapper.statuses();
      askedNanos = System.nanoTime();
      asked = true;
    }
    return statuses;
  }
}
