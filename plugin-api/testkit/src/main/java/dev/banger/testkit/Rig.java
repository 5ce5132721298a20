package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.FailureKind;
import dev.banger.api.OpenContext;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.hooks.Background;
import dev.banger.hooks.ContextView;
import dev.banger.hooks.Gate;
import dev.banger.hooks.GuardedHost;
import dev.banger.hooks.HookEngine;
import dev.banger.hooks.HookWatcher;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.Lease;
import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import dev.banger.hooks.Passage;
import dev.banger.hooks.StopReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A daemon with one plugin: a fresh instance, a fresh engine, and a world that was there before.
 */
final class Rig implements AutoCloseable {
  private static final Duration OPENING = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final PluginUnderTest subject;
  private final World world;
  private final Faults faults;
  private final PermissionWatch permissions;
  private final Journal journal;
  private final CapabilityPlugin plugin;
  private final Registration registration;
  private final Optional<Record> settings;
  private final Gate gate;
  private final Lease life;
  private final Background background;
  private final HookEngine engine;
  private final AtomicInteger operations = new AtomicInteger();

  /**
   * @param journal as the last daemon left it
   * @param disguise what to put around the plugin's instance
   */
  Rig(Subject author, World world, Journal journal, UnaryOperator<CapabilityPlugin> disguise)
      throws InterruptedException {
    this.subject = author.plugin();
    this.world = world;
    this.faults = new Faults(world);
    this.permissions = author.permissions();
    this.journal = new WatchedJournal(journal, faults);
    this.plugin = disguise.apply(subject.instance());
    this.registration = Registration.of(plugin);
    this.settings = registration.config().map(defaults -> Settings.over(defaults, author.config()));
    this.gate = new Gate(subject.id(), plugin.getClass().getClassLoader());
    this.life = Lease.unlimited("the life of plugin " + subject.id());
    this.background = new Background(subject.id(), plugin.getClass().getClassLoader());
    Instant now = Instant.parse("2026-01-01T12:00:00Z");
    this.engine = new HookEngine(this.journal, new Alone(), HookWatcher.NONE, () -> now);
    try {
      gate.enter(
          "open",
          OPENING,
          _ -> {
            plugin.open(new Opened(context(life)));
            return null;
          });
    } catch (CapabilityException | InterruptedException e) {
      close();
      throw e;
    }
  }

  Faults faults() {
    return faults;
  }

  Registration registration() {
    return registration;
  }

  Gate gate() {
    return gate;
  }

  World world() {
    return world;
  }

  /** Everything of one call into the plugin goes through this. */
  PluginContext context(Lease lease) {
    return new FakeContext(
        subject.id(),
        world.dataDir(),
        permissions.around(
            new GuardedHost(world.host(), subject.id(), registration.permissions(), lease, faults)),
        settings,
        new WatchedStore(world.store(), faults));
  }

  /**
   * As the core starts a VM.
   *
   * @throws CapabilityException when it failed; everything is undone then
   */
  void start(VmView vm) throws InterruptedException {
    world.state(vm, "starting");
    try (Passage passage = begin(vm)) {
      List<String> problems = passage.problems();
      if (!problems.isEmpty()) {
        world.state(vm, "stopped");
        throw new CapabilityException(FailureKind.INVALID, String.join("; ", problems));
      }
      try {
        passage.start(Phase.PREPARE);
        passage.contributions();
        world.host().vmm(vm, true);
        passage.start(Phase.HOST);
        world.state(vm, "running");
        passage.start(Phase.GUEST);
      } catch (CapabilityException | InterruptedException e) {
        faults.alive();
        stop(vm, passage);
        throw e;
      }
    }
  }

  /** As the core stops a VM. */
  StopReport stop(VmView vm) throws InterruptedException {
    try (Passage passage = begin(vm)) {
      return stop(vm, passage);
    }
  }

  private StopReport stop(VmView vm, Passage passage) throws InterruptedException {
    StopReport report = passage.stop(Phase.GUEST);
    down(world, vm);
    return report.plus(passage.stop(Phase.HOST)).plus(passage.stop(Phase.PREPARE));
  }

  /** The VMM is gone, the guest with it. */
  static void down(World world, VmView vm) {
    world.host().vmm(vm, false);
    world.state(vm, "stopped");
  }

  /** As the core does after a restart, for a VM that runs. */
  List<String> recover(VmView vm) throws InterruptedException {
    try (Passage passage = begin(vm)) {
      return passage.recover();
    }
  }

  private Passage begin(VmView vm) {
    VmView now = world.now(vm) == null ? vm : world.now(vm);
    return engine.begin(now, "op-" + operations.incrementAndGet(), Quiet.PROGRESS);
  }

  /** What is open of a VM. */
  List<JournalRow> open(VmView vm) {
    return journal.open(vm.id());
  }

  /** As at the end of a daemon. What goes wrong is thrown. */
  @Override
  public void close() throws InterruptedException {
    try {
      background.stop();
      gate.enter(
          "close",
          CLOSING,
          _ -> {
            plugin.close();
            return null;
          });
    } finally {
      life.revoke();
    }
  }

  /** Names of background work that did not end when it was told to. */
  List<String> leaks() {
    return background.running();
  }

  /** A crash: nothing that the plugin still does has any effect. */
  void kill() throws InterruptedException {
    try {
      close();
    } catch (CapabilityException e) {
      // It noticed that its host is gone.
    }
    if (faults.crashed()) {
      world.thaw();
    }
  }

  private final class Opened extends ContextView implements OpenContext {
    Opened(PluginContext context) {
      super(context);
    }

    @Override
    public void background(String name, Work work) {
      background.start(name, work);
    }
  }

  /** The one plugin there is. */
  private final class Alone implements Participants, Participants.Held, Participant {
    @Override
    public Held hold() {
      return this;
    }

    @Override
    public List<Participant> active() {
      return List.of(this);
    }

    @Override
    public Optional<Participant> keeperOf(String pluginId, String digest) {
      return pluginId.equals(id()) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public void close() {}

    @Override
    public String id() {
      return subject.id();
    }

    @Override
    public String version() {
      return subject.version();
    }

    @Override
    public String digest() {
      return "";
    }

    @Override
    public Registration registration() {
      return registration;
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public PluginContext context(Lease lease) {
      return Rig.this.context(lease);
    }
  }
}
