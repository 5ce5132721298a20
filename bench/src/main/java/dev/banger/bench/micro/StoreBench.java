package dev.banger.bench.micro;

import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteVmStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One durable change of a VM's record, and the list of all; {@link #disk} is one page written and
 * forced out on the same file system, the least that durability can cost.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class StoreBench {
  private static final int PAGE = 4096;

  /** Records there are. */
  @Param({"10", "1000"})
  public int vms;

  private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
  private Path dir;
  private Database database;
  private VmStore store;
  private FileChannel raw;
  private List<VmRecord> records;
  private int turn;

  @Setup(Level.Trial)
  public void open() throws IOException {
    // Beside the build's output, not in /tmp, which may be memory.
    dir = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "store");
    database = Database.open(dir.resolve("banger.db"));
    store = new SqliteVmStore(database);
    raw = FileChannel.open(dir.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    records = new ArrayList<>();
    for (int i = 0; i < vms; i++) {
      VmSpec spec =
          new VmSpec("vm-" + i, "debian", 2, 1024, 8192, 4096, true, "qemu", Map.of("team", "a"));
      records.add(
          store.insert(
              new VmRecord(
                  VmId.random(),
                  spec,
                  new VmState.Stopped(),
                  "",
                  0,
                  Instant.EPOCH,
                  Optional.empty(),
                  "",
                  false)));
    }
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    raw.close();
    database.close();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(dir);
  }

  @Benchmark
  public void update() {
    VmRecord record = records.get(turn++ % vms);
    store.update(record.withLastError("turn " + turn));
  }

  @Benchmark
  public VmStore.Listing list() {
    return store.list();
  }

  @Benchmark
  public void disk() throws IOException {
    page.clear();
    raw.write(page, (long) (turn++ % 256) * PAGE);
    raw.force(false);
  }
}
