package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.lifecycle.VmmDriver.Counters;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  @TempDir Path dir;
  private VmPaths paths;
  private Metrics metrics;
  private long written;

  @BeforeEach
  void makeFile() throws Exception {
    paths = new VmPaths(Plans.ID, dir, dir);
    metrics = new Metrics(paths);
    metrics.create();
  }

  @Test
  void whatEachLineTellsIsAddedUp() throws Exception {
    assertThat(metrics.read()).isEqualTo(new Counters(0, 0, 0, 0));
    write(line(100, 10, 1500, 60));
    write(line(1, 2, 3, 4));
    assertThat(metrics.read()).isEqualTo(new Counters(101, 12, 1503, 64));
    assertThat(metrics.read()).isEqualTo(new Counters(101, 12, 1503, 64));
    write(line(1, 0, 0, 0));
    assertThat(metrics.read()).isEqualTo(new Counters(102, 12, 1503, 64));
  }

  @Test
  void aLineThatIsBeingWrittenCountsWhenItIsThere() throws Exception {
    String line = line(5, 5, 5, 5);
    write(line.substring(0, 20));
    assertThat(metrics.read()).isEqualTo(new Counters(0, 0, 0, 0));
    write(line.substring(20));
    assertThat(metrics.read()).isEqualTo(new Counters(5, 5, 5, 5));
  }

  @Test
  void nonsenseCountsNothing() throws Exception {
    write("not json\n");
    write("{\"block\":7,\"net\":{\"rx_bytes_count\":\"many\",\"tx_bytes_count\":-5}}\n");
    write("{\"a\":\"" + "x".repeat(1 << 20) + "\"}\n");
    write("[".repeat(10_000) + "\n");
    write(line(1, 1, 1, 1));
    assertThat(metrics.read()).isEqualTo(new Counters(1, 1, 1, 1));
  }

  @Test
  void aFileThatHasGrownIsCutAndTheSumOutlivesTheDaemon() throws Exception {
    write(line(1, 2, 3, 4));
    write(" ".repeat((int) Metrics.MAX_BYTES) + "\n");
    assertThat(metrics.read()).isEqualTo(new Counters(1, 2, 3, 4));
    assertThat(paths.metrics()).isEmptyFile();

    // Firecracker writes on where it was, so a hole comes before it.
    write(line(10, 0, 0, 0));
    assertThat(metrics.read()).isEqualTo(new Counters(11, 2, 3, 4));
    write(line(100, 0, 0, 0));
    assertThat(new Metrics(paths).read()).isEqualTo(new Counters(111, 2, 3, 4));
  }

  @Test
  void anotherStartBeginsAtNothing() throws Exception {
    write(line(1, 2, 3, 4));
    write(" ".repeat((int) Metrics.MAX_BYTES) + "\n");
    metrics.read();
    metrics.create();
    written = 0;
    write(line(7, 7, 7, 7));
    assertThat(metrics.read()).isEqualTo(new Counters(7, 7, 7, 7));
    assertThat(new Metrics(paths).read()).isEqualTo(new Counters(7, 7, 7, 7));
  }

  @Test
  void aSpoiltSumCountsAsNone() throws Exception {
    Files.writeString(paths.metricsSum(), "{\"read\":\"x\"");
    write(line(7, 7, 7, 7));
    assertThat(new Metrics(paths).read()).isEqualTo(new Counters(7, 7, 7, 7));
  }

  @Test
  void withoutAFileThereIsNothing() throws Exception {
    Files.delete(paths.metrics());
    assertThat(metrics.read()).isEqualTo(new Counters(0, 0, 0, 0));
  }

  private void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (FileChannel file = FileChannel.open(paths.metrics(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes), written);
    }
    written += bytes.length;
  }

  private static String line(int read, int wrote, int received, int sent) {
    return ("{\"utc_timestamp_ms\":1,\"block\":{\"read_bytes\":%d,\"write_bytes\":%d},"
            + "\"block_root\":{\"read_bytes\":%1$d},"
            + "\"net\":{\"rx_bytes_count\":%d,\"tx_bytes_count\":%d},\"net_eth0\":{}}\n")
        .formatted(read, wrote, received, sent);
  }
}
