package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.VmmDriver.Counters;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.PlainJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds up a Firecracker's metrics file: one JSON object a line, each with what has happened since
 * the line before. Thread-safe.
 *
 * <p>The file is cut when it has grown. Firecracker does not append but writes on where it was, so
 * what is cut becomes a hole, and places in the file keep their numbers.
 */
final class Metrics {
  /** Once a minute a line of some ten KiB: some hours' worth. */
  static final long MAX_BYTES = 4L << 20;

  private static final int MAX_LINE = 256 * 1024;
  private static final long MOST = Long.MAX_VALUE / 4;

  private final Path file;
  private final Path sumFile;
  private Sum sum;

  Metrics(VmPaths paths) {
    this.file = paths.metrics();
    this.sumFile = paths.metricsSum();
  }

  /**
   * @param read how far into the file
   * @param cut how much of the file's beginning is a hole
   */
  private record Sum(long read, long cut, Counters counters) {
    static final Sum NOTHING = new Sum(0, 0, new Counters(0, 0, 0, 0));
  }

  /** Makes the files of a VM that starts anew: counting begins at nothing. */
  synchronized void create() throws IOException {
    Files.deleteIfExists(sumFile);
    Files.deleteIfExists(file);
    Files.createFile(file, Modes.PRIVATE_FILE);
    sum = Sum.NOTHING;
  }

  /** Everything so far, as far as the file tells. */
  synchronized Counters read() throws IOException {
    if (sum == null) {
      sum = load();
    }
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      readOn();
      if (sum.read() - sum.cut() > MAX_BYTES) {
        cut();
      }
    }
    return sum.counters();
  }

  private void readOn() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(sum.read());
      try (InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16)) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long at = sum.read();
        for (int next = in.read(); next >= 0; next = in.read()) {
          at++;
          if (next == '\n') {
            sum = new Sum(at, sum.cut(), plus(sum.counters(), line.toByteArray()));
            line.reset();
          } else if (next != 0 && line.size() <= MAX_LINE) {
            line.write(next);
          }
        }
      }
    }
  }

  private void cut() throws IOException {
    // Noted first: what is counted twice would be worse than what is lost in between.
    sum = new Sum(sum.read(), sum.read(), sum.counters());
    save();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  private static Counters plus(Counters before, byte[] line) {
    Map<String, Object> metrics;
    try {
      metrics = PlainJson.readObject(line, line.length);
    } catch (IOException e) {
      return before; // not one of ours
    }
    return new Counters(
        add(before.diskRead(), delta(metrics, "block", "read_bytes")),
        add(before.diskWritten(), delta(metrics, "block", "write_bytes")),
        add(before.netReceived(), delta(metrics, "net", "rx_bytes_count")),
        add(before.netSent(), delta(metrics, "net", "tx_bytes_count")));
  }

  /** Of all devices together, which is beside those of each device. */
  private static long delta(Map<String, Object> metrics, String kind, String member) {
    return metrics.get(kind) instanceof Map<?, ?> all ? number(all, member) : 0;
  }

  private static long add(long sum, long delta) {
    return Math.min(MOST, sum + delta);
  }

  private static long number(Map<?, ?> object, String member) {
    return object.get(member) instanceof Number number
        ? Math.clamp(number.longValue(), 0, MOST)
        : 0;
  }

  private Sum load() {
    try {
      if (!Files.exists(sumFile) || Files.size(sumFile) > MAX_LINE) {
        return Sum.NOTHING;
      }
      byte[] bytes = Files.readAllBytes(sumFile);
      Map<String, Object> noted = PlainJson.readObject(bytes, bytes.length);
      long read = number(noted, "read");
      return new Sum(
          read,
          read,
          new Counters(
              number(noted, "diskRead"),
              number(noted, "diskWritten"),
              number(noted, "netReceived"),
              number(noted, "netSent")));
    } catch (IOException e) {
      return Sum.NOTHING;
    }
  }

  private void save() throws IOException {
    Map<String, Object> noted = new LinkedHashMap<>();
    noted.put("read", sum.read());
    noted.put("diskRead", sum.counters().diskRead());
    noted.put("diskWritten", sum.counters().diskWritten());
    noted.put("netReceived", sum.counters().netReceived());
    noted.put("netSent", sum.counters().netSent());
    Path fresh = sumFile.resolveSibling(sumFile.getFileName() + ".new");
    Files.write(fresh, PlainJson.write(noted));
    Files.move(fresh, sumFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
