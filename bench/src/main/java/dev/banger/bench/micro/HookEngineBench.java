package dev.banger.bench.micro;

import dev.banger.api.CapabilityHost;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.Progress;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.api.build.Registration;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteJournal;
import dev.banger.hooks.Gate;
import dev.banger.hooks.HookEngine;
import dev.banger.hooks.HookWatcher;
import dev.banger.hooks.Journal;
import dev.banger.hooks.Lease;
import dev.banger.hooks.MemoryJournal;
import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import dev.banger.hooks.Passage;
import dev.banger.hooks.StoredVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the hook engine adds to one step that itself does nothing: started and stopped, {@value
 * #STEPS} steps a turn, time per step. {@link #inMemory} is the engine without a disk: threads,
 * deadlines, leases, order; {@link #onSqlite} is what the daemon pays, journal included; {@link
 * #direct} calls the same code with no engine at all.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class HookEngineBench {
  private static final int STEPS = 5;
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

  /** A receipt. */
  public record Made(String what, int number) {}

  private static final class Idle implements LifecycleStep<Made> {
    @Override
    public Started<Made> start(StepContext<Made> context) {
      Made made = new Made("rules", 4);
      if (context != null) {
        context.intend(made);
      }
      return Started.ok(made);
    }

    @Override
    public Stopped stop(StepContext<Made> context, Optional<Made> receipt) {
      return Stopped.released();
    }
  }

  private final Idle idle = new Idle();
  private Path dir;
  private Database database;
  private HookEngine memory;
  private HookEngine sqlite;

  @Setup(Level.Trial)
  public void open() throws IOException {
    dir = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "engine");
    database = Database.open(dir.resolve("banger.db"));
    CapabilityPlugin plugin =
        registrar -> {
          registrar.describe("Five steps that do nothing");
          for (int i = 0; i < STEPS; i++) {
            registrar.step(StepSpec.required("step-" + i, Phase.HOST), Made.class, idle);
          }
        };
    Participants participants = new One(new Loaded(Registration.of(plugin)));
    memory = engine(new MemoryJournal(), participants);
    sqlite = engine(new SqliteJournal(database), participants);
  }

  private static HookEngine engine(Journal journal, Participants participants) {
    return new HookEngine(journal, participants, HookWatcher.NONE, InstantSource.system());
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    database.close();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(dir);
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public void onSqlite() throws InterruptedException {
    startAndStop(sqlite);
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public void inMemory() throws InterruptedException {
    startAndStop(memory);
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public Object direct() {
    Object last = null;
    for (int i = 0; i < STEPS; i++) {
      idle.start(null);
      last = idle.stop(null, Optional.empty());
    }
    return last;
  }

  private static void startAndStop(HookEngine engine) throws InterruptedException {
    try (Passage passage = engine.begin(VM, "op-1", new Silent())) {
      passage.start(Phase.HOST);
      passage.stop(Phase.HOST);
    }
  }

  private static final class Silent implements Progress {
    @Override
    public void started(String stage) {}

    @Override
    public void note(String stage, String message) {}

    @Override
    public void done(String stage, String message) {}
  }

  private record One(Participant plugin) implements Participants {
    @Override
    public Held hold() {
      return new Held() {
        @Override
        public List<Participant> active() {
          return List.of(plugin);
        }

        @Override
        public Optional<Participant> keeperOf(String pluginId, String digest) {
          return Optional.of(plugin);
        }

        @Override
        public void close() {}
      };
    }
  }

  private record Loaded(Registration registration, Gate gate) implements Participant {
    Loaded(Registration registration) {
      this(registration, new Gate("idle", HookEngineBench.class.getClassLoader()));
    }

    @Override
    public String id() {
      return "idle";
    }

    @Override
    public String version() {
      return "1.0.0";
    }

    @Override
    public String digest() {
      return "";
    }

    @Override
    public PluginContext context(Lease lease) {
      return new Bare();
    }
  }

  private static final class Bare implements PluginContext {
    @Override
    public String pluginId() {
      return "idle";
    }

    @Override
    public Path dataDir() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <C extends Record> C config(Class<C> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PluginStore store() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CapabilityHost host() {
      throw new UnsupportedOperationException();
    }

    @Override
    public System.Logger log() {
      return System.getLogger("bench");
    }
  }
}
