package dev.banger.core.vmm.firecracker.fake;

import java.util.Map;

/** Which paths and fields came when: an older Firecracker refuses them as unknown. */
record Version(int major, int minor, int patch) {
  /** Paths, and fields as {@code Definition.field}; the newest of them are not released yet. */
  private static final Map<String, Version> SINCE =
      Map.ofEntries(
          Map.entry("/serial", new Version(1, 14, 0)),
          Map.entry("/pmem/{id}", new Version(1, 14, 0)),
          Map.entry("/hotplug/memory", new Version(1, 14, 0)),
          Map.entry("/balloon/hinting/start", new Version(1, 14, 0)),
          Map.entry("/balloon/hinting/stop", new Version(1, 14, 0)),
          Map.entry("/balloon/hinting/status", new Version(1, 14, 0)),
          Map.entry("SerialDevice.rate_limiter", new Version(1, 16, 0)),
          Map.entry("NetworkInterface.mtu", new Version(1, 16, 0)),
          Map.entry("SnapshotLoadParams.vsock_override", new Version(1, 16, 0)),
          Map.entry("SnapshotLoadParams.clock_realtime", new Version(1, 16, 0)),
          Map.entry("SnapshotLoadParams.huge_pages", new Version(1, 17, 0)),
          Map.entry("Metrics.emit_id", new Version(1, 17, 0)),
          Map.entry("Metrics.properties", new Version(1, 17, 0)));

  static Version parse(String text) {
    String[] parts = text.split("[.-]");
    return new Version(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  boolean knows(String pathOrField) {
    Version since = SINCE.get(pathOrField);
    return since == null || atLeast(since);
  }

  private boolean atLeast(Version other) {
    return major != other.major
        ? major > other.major
        : minor != other.minor ? minor > other.minor : patch >= other.patch;
  }
}
