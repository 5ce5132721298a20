package dev.banger.bench.micro;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteJournal;
import dev.banger.hooks.HookRun;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.StoredVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the journal adds to one step of a plugin over its life: begun, intended, settled, closed,
 * which are four durable changes. {@link #commit} is one durable change of one row through SQLite
 * and nothing else, so four of it are the least a step can cost; {@link #main} prints the ratios.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class HookJournalBench {
  private static final String RECEIPT = "{\"table\":\"banger_0123456789ab\",\"rules\":4}";
  private static final StoredVm VM =
      new StoredVm(
          "0123456789ab",
          "web",
          "debian",
          "starting",
          "127.77.0.5",
          Instant.EPOCH,
          Map.of(),
          java.util.Optional.empty());
  private static final JournalRow ROW =
      new JournalRow(
          0,
          VM,
          "nat",
          "1.0.0",
          "ab".repeat(32),
          "rules",
          Phase.HOST,
          StepPolicy.REQUIRED,
          List.of(),
          JournalRow.State.STARTING,
          1,
          Optional.empty(),
          "op-1",
          "",
          "",
          0,
          Optional.empty(),
          Instant.EPOCH,
          Duration.ZERO);
  private static final HookRun RUN =
      new HookRun(
          "op-1",
          VM.id(),
          VM.name(),
          "nat",
          "1.0.0",
          "rules",
          "host",
          "start",
          Instant.EPOCH,
          Duration.ofMillis(12),
          "ok",
          "4 rules");

  private Path dir;
  private Database database;
  private SqliteJournal journal;
  private Connection bare;
  private PreparedStatement update;
  private long turn;

  @Setup(Level.Trial)
  public void open() throws IOException, SQLException {
    // Beside the build's output, not in /tmp, which may be memory.
    dir = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "journal");
    database = Database.open(dir.resolve("banger.db"));
    journal = new SqliteJournal(database);
    bare = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("bare.db"));
    try (Statement statement = bare.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)");
      statement.execute("INSERT INTO t VALUES (1, 0)");
    }
    update = bare.prepareStatement("UPDATE t SET n = ? WHERE id = 1");
  }

  @TearDown(Level.Trial)
  public void close() throws IOException, SQLException {
    update.close();
    bare.close();
    database.close();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(dir);
  }

  /** The whole life of a step. */
  @Benchmark
  public void step() {
    long id = journal.begin(ROW);
    journal.intend(id, RECEIPT);
    journal.settle(
        id,
        JournalRow.State.STARTED,
        Optional.of(RECEIPT),
        "4 rules",
        "",
        Duration.ofMillis(12),
        RUN);
    journal.close(id, Optional.of(RUN));
  }

  /** History alone, which is not forced to disk. */
  @Benchmark
  public void record() {
    journal.record(RUN);
  }

  /** The baseline. */
  @Benchmark
  public void commit() throws SQLException {
    update.setLong(1, turn++);
    update.executeUpdate();
  }

  public static void main(String[] args) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("\\b" + HookJournalBench.class.getSimpleName() + "\\b")
                    .build())
            .run();
    double commit = score(results, "commit");
    for (String name : List.of("step", "record")) {
      double score = score(results, name);
      System.out.printf(
          "%s: %.0f us, %.2f times one bare commit (%.0f us)%n",
          name, score, score / commit, commit);
    }
  }

  private static double score(Collection<RunResult> results, String name) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith("." + name))
        .findFirst()
        .orElseThrow()
        .getPrimaryResult()
        .getScore();
  }
}
