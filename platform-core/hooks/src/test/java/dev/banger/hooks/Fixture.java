package dev.banger.hooks;

import dev.banger.api.CapabilityHost;
import dev.banger.api.LifecycleStep;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.Progress;
import dev.banger.api.Registrar;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.api.build.Registration;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** An engine over a journal in memory, and small plugins for it. */
final class Fixture {
  static final StoredVm VM = vm("0123456789ab", "web");
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  final MemoryJournal journal = new MemoryJournal();
  final Plugins plugins = new Plugins();
  final List<String> progress = Collections.synchronizedList(new ArrayList<>());

  static StoredVm vm(String id, String name) {
    return new StoredVm(
        id, name, "debian", "starting", "127.77.0.5", NOW, Map.of(), java.util.Optional.empty());
  }

  Passage begin() {
    return begin(VM);
  }

  Passage begin(StoredVm vm) {
    return new HookEngine(journal, plugins, HookWatcher.NONE, InstantSource.fixed(NOW))
        .begin(vm, "op-1", new Told());
  }

  JournalRow row(String step) {
    return journal.open(VM.id()).stream()
        .filter(row -> row.step().equals(step))
        .findFirst()
        .orElseThrow();
  }

  /** {@code start tap: ok}. */
  List<String> history() {
    return journal.runs().stream()
        .map(run -> "%s %s: %s".formatted(run.action(), run.step(), run.outcome()))
        .toList();
  }

  /** A receipt. */
  record Mark(String name) {}

  static Plugin plugin(String id, Consumer<Registrar> declarations) {
    return plugin(id, "1.0.0", declarations);
  }

  static Plugin plugin(String id, String version, Consumer<Registrar> declarations) {
    Registration registration =
        Registration.of(
            registrar -> {
              registrar.describe("for tests");
              declarations.accept(registrar);
            });
    return new Plugin(
        id,
        version,
        "digest-" + version,
        registration,
        new Gate(id, Fixture.class.getClassLoader()),
        Path.of("/nowhere"));
  }

  record Plugin(
      String id, String version, String digest, Registration registration, Gate gate, Path dataDir)
      implements Participant {
    Plugin at(Path directory) {
      return new Plugin(id, version, digest, registration, gate, directory);
    }

    @Override
    public PluginContext context(Lease lease) {
      return new Context(id, dataDir);
    }
  }

  record Context(String pluginId, Path dataDir) implements PluginContext {
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
      return System.getLogger("test");
    }
  }

  /** Code of a step, each method to be replaced. */
  record Code(Starting starting, Stopping stopping) implements LifecycleStep<Mark> {
    interface Starting {
      Started<Mark> start(StepContext<Mark> context) throws Exception;
    }

    interface Stopping {
      Stopped stop(StepContext<Mark> context, Optional<Mark> receipt) throws Exception;
    }

    @Override
    public Started<Mark> start(StepContext<Mark> context) throws Exception {
      return starting.start(context);
    }

    @Override
    public Stopped stop(StepContext<Mark> context, Optional<Mark> receipt) throws Exception {
      return stopping.stop(context, receipt);
    }
  }

  static Plugin step(String id, StepSpec spec, Code.Starting starting, Code.Stopping stopping) {
    return plugin(id, registrar -> registrar.step(spec, Mark.class, new Code(starting, stopping)));
  }

  /** Those there are. */
  static final class Plugins implements Participants {
    final List<Participant> active = new ArrayList<>();
    final List<Participant> draining = new ArrayList<>();
    int held;

    Plugins with(Participant... more) {
      active.addAll(Arrays.asList(more));
      return this;
    }

    @Override
    public Held hold() {
      held++;
      List<Participant> now = List.copyOf(active);
      return new Held() {
        @Override
        public List<Participant> active() {
          return now;
        }

        @Override
        public Optional<Participant> keeperOf(String pluginId, String digest) {
          List<Participant> all = new ArrayList<>(draining);
          all.addAll(now);
          List<Participant> ofId =
              all.stream().filter(plugin -> plugin.id().equals(pluginId)).toList();
          return ofId.stream()
              .filter(plugin -> plugin.digest().equals(digest))
              .findFirst()
              .or(() -> ofId.stream().filter(now::contains).findFirst());
        }

        @Override
        public void close() {
          held--;
        }
      };
    }
  }

  private final class Told implements Progress {
    @Override
    public void started(String stage) {
      progress.add("started " + stage);
    }

    @Override
    public void note(String stage, String message) {
      progress.add("note " + stage + " " + message);
    }

    @Override
    public void done(String stage, String message) {
      progress.add("done " + stage + " " + message);
    }
  }
}
