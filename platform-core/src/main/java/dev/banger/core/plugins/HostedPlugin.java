package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.FailureKind;
import dev.banger.api.build.Manifest;
import dev.banger.api.build.Registration;
import dev.banger.hooks.Background;
import dev.banger.hooks.Gate;
import dev.banger.hooks.GuardedHost;
import dev.banger.hooks.Lease;
import dev.banger.hooks.Participant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Plugin;
import org.pf4j.PluginRuntimeException;

/** One loaded plugin: its instance, what it declared, and its gate. */
final class HostedPlugin extends Plugin implements Participant {
  private static final Duration REGISTER_LIMIT = Duration.ofSeconds(5);
  private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final FoundPlugin found;
  private final PluginManifest manifest;
  private final IsolatedLoader loader;
  private final HostServices services;
  private final Path dataDir;
  private final Map<String, Object> config;
  private final Gate gate;
  private final CapabilityHost host;
  private final Lease life;
  private CapabilityPlugin instance;
  private Registration registration;
  private Record configuration;
  private final Background background;
  private final Remarks remarks = new Remarks();
  private final Set<Runnable> attached = new HashSet<>();
  private boolean detached;
  private volatile String failure = "";

  /**
   * @param config what the configuration file has for it
   */
  HostedPlugin(
      FoundPlugin found, IsolatedLoader loader, HostServices services, Map<String, Object> config) {
    this.found = found;
    this.manifest = found.manifest().orElseThrow();
    this.loader = loader;
    this.services = services;
    this.dataDir = services.dataRoot().resolve(found.id());
    this.config = Map.copyOf(config);
    this.gate = new Gate(manifest.id(), loader);
    this.host = new CoreHost(manifest.id(), services.ports(), services.tools(), new LockTable());
    this.background = new Background(manifest.id(), loader);
    this.life = Lease.unlimited("the life of plugin " + manifest.id());
  }

  /** Called by PF4J. Throws to make PF4J mark it failed; why is kept in {@link #failure}. */
  @Override
  public void start() {
    try {
      instance = declare();
      OpeningContext opening = new OpeningContext(context(life), background, remarks);
      gate.enter(
          "open",
          OPEN_LIMIT,
          _ -> {
            instance.open(opening);
            return null;
          });
    } catch (CapabilityException e) {
      failure = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = "interrupted while it was started";
    }
    if (!failure.isEmpty()) {
      stop();
      throw new PluginRuntimeException(failure);
    }
  }

  /**
   * As {@link #start}, but the plugin is not opened, and there is nothing to stop.
   *
   * @throws CapabilityException saying what is wrong
   */
  Registration trial() throws InterruptedException {
    var _ = declare();
    return registration;
  }

  /** What the manifest would say, whatever it says. */
  Map<String, Object> declared() throws InterruptedException {
    Loaded loaded = gate.enter("register", REGISTER_LIMIT, _ -> instantiate());
    return Manifest.of(manifest.identity(), loaded.registration());
  }

  /**
   * What is wrong with what is configured for it.
   *
   * @throws CapabilityException saying what is wrong with the plugin itself
   */
  List<String> configProblems() throws InterruptedException {
    Loaded loaded = gate.enter("register", REGISTER_LIMIT, _ -> instantiate());
    return gate.enter(
        "configure",
        REGISTER_LIMIT,
        _ -> PluginConfig.problems(id(), loaded.registration().config(), config, services.home()));
  }

  private CapabilityPlugin declare() throws InterruptedException {
    Loaded loaded = gate.enter("register", REGISTER_LIMIT, _ -> instantiate());
    registration = loaded.registration();
    if (!Manifest.of(manifest.identity(), registration).equals(manifest.tree())) {
      throw new CapabilityException(
          FailureKind.INVALID, Manifest.FILE + " does not say what the code declares; rebuild it");
    }
    configuration =
        gate.enter(
            "configure",
            REGISTER_LIMIT,
            _ -> PluginConfig.of(id(), registration.config(), config, services.home()));
    return loaded.instance();
  }

  private record Loaded(CapabilityPlugin instance, Registration registration) {}

  private Loaded instantiate() throws Exception {
    String entry = manifest.identity().entry();
    Class<?> type;
    try {
      type = Class.forName(entry, true, loader);
    } catch (ClassNotFoundException e) {
      throw new CapabilityException(
          FailureKind.INVALID, "entry class " + entry + " is in none of its jars");
    }
    if (!CapabilityPlugin.class.isAssignableFrom(type)) {
      throw new CapabilityException(
          FailureKind.INVALID, "entry class " + entry + " is no CapabilityPlugin");
    }
    CapabilityPlugin made =
        type.asSubclass(CapabilityPlugin.class).getDeclaredConstructor().newInstance();
    try {
      return new Loaded(made, Registration.of(made));
    } catch (IllegalArgumentException e) {
      throw new CapabilityException(FailureKind.INVALID, "register: " + e.getMessage());
    }
  }

  /** Called by PF4J, and after a failed start. Never throws; may be repeated. */
  @Override
  public void stop() {
    CapabilityPlugin closing = instance;
    instance = null;
    endAttached();
    background.stop();
    int threads = background.running().size();
    if (threads > 0) {
      log("%d background threads of plugin %s would not end".formatted(threads, title()));
    }
    if (closing != null) {
      try {
        gate.enter(
            "close",
            CLOSE_LIMIT,
            _ -> {
              closing.close();
              return null;
            });
      } catch (CapabilityException e) {
        log(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    life.revoke();
    remarks.close();
    if (gate.runaways() > 0) {
      log("%d threads of plugin %s still run".formatted(gate.runaways(), id()));
    }
  }

  private void log(String message) {
    System.getLogger("banger.plugin." + id()).log(System.Logger.Level.WARNING, message);
  }

  @Override
  public String id() {
    return manifest.id();
  }

  @Override
  public String version() {
    return manifest.version();
  }

  @Override
  public String digest() {
    return found.digest();
  }

  FoundPlugin found() {
    return found;
  }

  /** What was configured for it when it was loaded. */
  Map<String, Object> config() {
    return config;
  }

  PluginManifest manifest() {
    return manifest;
  }

  /** Empty when it started. */
  String failure() {
    return failure;
  }

  @Override
  public Registration registration() {
    return registration;
  }

  /** What it has to say of a VM. */
  List<String> remarks(String vmId) {
    return remarks.of(vmId);
  }

  IsolatedLoader loader() {
    return loader;
  }

  /**
   * Notes something that lasts as long as somebody is attached; ended when the plugin is no longer
   * to be used. Ended at once when that is so already.
   */
  void attach(Runnable end) {
    synchronized (attached) {
      if (!detached) {
        attached.add(end);
        return;
      }
    }
    end.run();
  }

  /** Takes the plugin back into use. */
  void revive() {
    synchronized (attached) {
      detached = false;
    }
  }

  void detach(Runnable end) {
    synchronized (attached) {
      attached.remove(end);
    }
  }

  /** Ends all commands without a deadline; none begins any more. */
  void endAttached() {
    List<Runnable> ending;
    synchronized (attached) {
      detached = true;
      ending = List.copyOf(attached);
      attached.clear();
    }
    ending.forEach(Runnable::run);
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public Context context(Lease lease) {
    return new Context(
        id(),
        dataDir,
        Optional.ofNullable(configuration),
        services.ports().store(id()),
        new GuardedHost(host, id(), registration.permissions(), lease, services.calls()));
  }
}
