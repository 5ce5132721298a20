package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of JSON for each flush; its numbers count from the flush before. Of the many that the
 * real one writes, those of the devices: each flush tells of the same moderate traffic.
 */
final class Metrics {
  static final int READ = 4096;
  static final int WRITTEN = 512;
  static final int RECEIVED = 1500;
  static final int SENT = 60;

  private OwnFile file;

  synchronized void open(Path path) throws IOException {
    file = new OwnFile(path);
  }

  synchronized boolean isOpen() {
    return file != null;
  }

  synchronized void flush(Collection<?> drives, Collection<?> cards, boolean traffic)
      throws IOException {
    if (file == null) {
      return;
    }
    int factor = traffic ? 1 : 0;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("utc_timestamp_ms", System.currentTimeMillis());
    line.put("api_server", Map.of("process_startup_time_us", 0));
    line.put("block", disk(factor * drives.size()));
    drives.forEach(id -> line.put("block_" + id, disk(factor)));
    line.put("net", card(factor * cards.size()));
    cards.forEach(id -> line.put("net_" + id, card(factor)));
    file.line(Json.write(line));
  }

  private static Map<String, Object> disk(int factor) {
    return Map.of(
        "read_bytes",
        READ * factor,
        "write_bytes",
        WRITTEN * factor,
        "read_count",
        factor,
        "write_count",
        factor);
  }

  private static Map<String, Object> card(int factor) {
    return Map.of(
        "rx_bytes_count",
        RECEIVED * factor,
        "tx_bytes_count",
        SENT * factor,
        "rx_packets_count",
        factor,
        "tx_packets_count",
        factor);
  }
}
