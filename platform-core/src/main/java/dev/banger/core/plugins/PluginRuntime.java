package dev.banger.core.plugins;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.DoctorCheck;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.Manifest;
import dev.banger.api.build.Registration;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.Gate;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * All plugins. Whatever one of them does, no method here fails for it, except the very request that
 * it was to carry out. Thread-safe; {@link #start} is called once, and until it returns there are
 * no plugins.
 */
public final class PluginRuntime implements Participants, AutoCloseable {
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);
  private static final int LONGEST_RESULT = 8 << 20;

  /**
   * PF4J tells of every step at level INFO; what matters of it we tell ourselves. Held strongly.
   */
  private static final Logger PF4J_LOG = Logger.getLogger("org.pf4j");

  static {
    PF4J_LOG.setLevel(Level.SEVERE);
  }

  private final PluginSettings settings;
  private final Pf4jPlugins pf4j;
  private volatile List<HostedPlugin> active = List.of();
  private volatile List<PluginInfo> infos = List.of();
  private volatile Manifests manifests = Manifests.of(List.of());

  /**
   * @param ports what plugins need of the core; not called before {@link #start}
   */
  public PluginRuntime(PluginSettings settings, PluginPorts ports, Commands commands) {
    this.settings = settings;
    HostServices services = new HostServices(ports, new HostToolRunner(commands), HostCalls.UNSEEN);
    this.pf4j =
        new Pf4jPlugins(
            (manifest, loader) ->
                new HostedPlugin(
                    manifest,
                    loader,
                    services,
                    settings.dataRoot().resolve(manifest.id()),
                    settings.config().getOrDefault(manifest.id(), Map.of())));
  }

  private record Manifests(String json, String digest) {
    static Manifests of(List<HostedPlugin> plugins) {
      String json =
          JsonText.compact(
              plugins.stream()
                  .map(plugin -> Manifest.of(plugin.manifest().identity(), plugin.registration()))
                  .toList());
      return new Manifests(json, sha256(json));
    }

    private static String sha256(String text) {
      try {
        return HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  /** Loads and opens everything that may be. Takes seconds at worst per broken plugin. */
  public synchronized void start() {
    List<HostedPlugin> opened = new ArrayList<>();
    List<PluginInfo> seen = new ArrayList<>();
    for (Catalog.Found found : Catalog.scan(settings)) {
      Optional<HostedPlugin> plugin =
          found.state() == PluginState.ACTIVE ? load(found, seen) : Optional.empty();
      plugin.ifPresent(opened::add);
      if (found.state() != PluginState.ACTIVE) {
        seen.add(refused(found, found.state(), found.reason()));
      }
    }
    active = List.copyOf(opened);
    infos = List.copyOf(seen);
    manifests = Manifests.of(active);
  }

  private Optional<HostedPlugin> load(Catalog.Found found, List<PluginInfo> seen) {
    PluginManifest manifest = found.manifest().orElseThrow();
    String failure;
    try {
      HostedPlugin plugin = pf4j.load(manifest, found.dir());
      if (plugin.failure().isEmpty()) {
        seen.add(running(plugin, found));
        return Optional.of(plugin);
      }
      failure = plugin.failure();
    } catch (RuntimeException | LinkageError e) {
      failure = "cannot be loaded: " + e.getMessage();
    }
    unload(manifest.id());
    seen.add(refused(found, PluginState.FAILED, failure));
    return Optional.empty();
  }

  private void unload(String id) {
    try {
      pf4j.unload(id);
    } catch (RuntimeException e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "plugin " + id + " could not be unloaded", e);
    }
  }

  private static PluginInfo running(HostedPlugin plugin, Catalog.Found found) {
    Registration declared = plugin.registration();
    return new PluginInfo(
        plugin.id(),
        plugin.manifest().version(),
        declared.purpose(),
        PluginState.ACTIVE,
        "",
        declared.steps().stream().map(step -> step.spec().name()).toList(),
        List.copyOf(declared.commands().keySet()),
        List.copyOf(declared.checks().keySet()),
        declared.permissions().stream().map(Object::toString).toList(),
        found.origin().toString());
  }

  private static PluginInfo refused(Catalog.Found found, PluginState state, String reason) {
    return new PluginInfo(
        found.name(),
        found.manifest().map(PluginManifest::version).orElse(""),
        "",
        state,
        reason,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        found.origin().toString());
  }

  /** Every plugin that was found, in the order of its roots, also those that do not run. */
  public List<PluginInfo> list() {
    return infos;
  }

  /** A JSON array with the manifests of the active plugins. */
  public String manifestsJson() {
    return manifests.json();
  }

  /** Changes when {@link #manifestsJson} does: SHA-256 in lower-case hexadecimal. */
  public String manifestsDigest() {
    return manifests.digest();
  }

  /** The command that has a role, for example {@code vm.run.import}. */
  public Optional<CommandRef> commandWithRole(String role) {
    return active.stream()
        .flatMap(
            plugin ->
                plugin.registration().commands().values().stream()
                    .filter(command -> command.spec().role().filter(role::equals).isPresent())
                    .map(command -> new CommandRef(plugin.id(), command.spec().path())))
        .findFirst();
  }

  /**
   * Carries out a command.
   *
   * @param argsJson a JSON object, see {@code plugin.call} in docs/rpc.md
   * @param cwd absolute
   * @return the result as JSON
   * @throws BangerException what the plugin made of it; INTERNAL for a defect of the plugin
   */
  public String call(String pluginId, String command, String argsJson, Path cwd, Progress progress)
      throws InterruptedException {
    HostedPlugin plugin = require(pluginId);
    Registration.Command declared = plugin.registration().commands().get(command);
    if (declared == null) {
      throw new BangerException(
          ErrorKind.NOT_FOUND,
          "plugin %s has no command \"%s\"".formatted(pluginId, command),
          "banger plugin info " + pluginId);
    }
    CallArguments arguments = CallArguments.parse(declared.spec(), argsJson, cwd);
    String json =
        entered(
            plugin,
            command.replace(' ', '-'),
            declared.spec().deadline(),
            lease -> {
              CommandResult result =
                  declared
                      .handler()
                      .run(arguments.call(plugin.context(lease), new Stages(progress, lease)));
              return JsonText.compact(result.value());
            });
    if (json.length() > LONGEST_RESULT) {
      throw new BangerException(
          ErrorKind.INTERNAL,
          "plugin %s answered with more than %d MiB".formatted(pluginId, LONGEST_RESULT >> 20));
    }
    return json;
  }

  private static <T> T entered(
      HostedPlugin plugin, String what, Duration deadline, Gate.Body<T> body)
      throws InterruptedException {
    try {
      return plugin.gate().enter(what, deadline, body);
    } catch (CapabilityException e) {
      throw Failures.toCore(e);
    }
  }

  private HostedPlugin require(String pluginId) {
    return active.stream()
        .filter(plugin -> plugin.id().equals(pluginId))
        .findFirst()
        .orElseThrow(() -> absent(pluginId));
  }

  private BangerException absent(String pluginId) {
    return infos.stream()
        .filter(info -> info.id().equals(pluginId))
        .findFirst()
        .map(
            info ->
                new BangerException(
                    ErrorKind.UNAVAILABLE,
                    "plugin %s is %s: %s"
                        .formatted(pluginId, info.state().wireName(), info.reason()),
                    "banger plugin info " + pluginId))
        .orElseGet(
            () ->
                new BangerException(
                    ErrorKind.NOT_FOUND,
                    "there is no plugin \"" + pluginId + "\"",
                    "banger plugin list"));
  }

  @Override
  public Held hold() {
    List<Participant> now = List.copyOf(active);
    return new Held() {
      @Override
      public List<Participant> active() {
        return now;
      }

      @Override
      public Optional<Participant> keeperOf(String pluginId, String digest) {
        return now.stream().filter(plugin -> plugin.id().equals(pluginId)).findFirst();
      }

      @Override
      public void close() {}
    };
  }

  /**
   * Runs all checks of all plugins at once. A plugin that does not run although it should is
   * reported too.
   */
  public List<CheckReport> doctorChecks() throws InterruptedException {
    List<CheckReport> reports = new ArrayList<>();
    for (PluginInfo info : infos) {
      switch (info.state()) {
        case ACTIVE, DISABLED -> {}
        case BLOCKED, FAILED ->
            reports.add(
                new CheckReport(
                    "loads",
                    info.id(),
                    info.state() == PluginState.FAILED ? "fail" : "warn",
                    "plugin %s is %s: %s"
                        .formatted(info.id(), info.state().wireName(), info.reason()),
                    "mend or remove %s, or add %s to plugins.disabled"
                        .formatted(info.origin(), info.id())));
      }
    }
    List<RunningCheck> running = new ArrayList<>();
    for (HostedPlugin plugin : active) {
      plugin
          .registration()
          .checks()
          .forEach(
              (id, check) ->
                  running.add(
                      new RunningCheck(
                          id,
                          plugin,
                          plugin
                              .gate()
                              .begin(
                                  "check-" + id,
                                  CHECK_LIMIT,
                                  Optional.empty(),
                                  lease ->
                                      Objects.requireNonNull(
                                          check.run(plugin.context(lease)), "no outcome")))));
    }
    for (RunningCheck check : running) {
      reports.add(report(check));
    }
    return List.copyOf(reports);
  }

  private record RunningCheck(
      String id, HostedPlugin plugin, Gate.Entry<DoctorCheck.Outcome> entry) {}

  private static CheckReport report(RunningCheck check) throws InterruptedException {
    try {
      DoctorCheck.Outcome outcome = check.entry().await();
      return new CheckReport(
          check.id(),
          check.plugin().id(),
          outcome.status().name().toLowerCase(Locale.ROOT),
          outcome.summary(),
          outcome.remedy());
    } catch (CapabilityException e) {
      return broken(check.plugin(), check.id(), e.getMessage());
    }
  }

  private static CheckReport broken(HostedPlugin plugin, String id, String reason) {
    return new CheckReport(
        id,
        plugin.id(),
        "fail",
        reason,
        "report it to the plugin's author, or add %s to plugins.disabled".formatted(plugin.id()));
  }

  /** The class loaders of the active plugins, for the tests that look for leaks. */
  Map<String, ClassLoader> loaders() {
    return active.stream().collect(toUnmodifiableMap(HostedPlugin::id, HostedPlugin::loader));
  }

  /** Closes all plugins, the last one first. Calls that are under way are cut off. */
  @Override
  public synchronized void close() {
    List<HostedPlugin> closing = active.reversed();
    active = List.of();
    infos = List.of();
    manifests = Manifests.of(List.of());
    for (HostedPlugin plugin : closing) {
      unload(plugin.id());
    }
  }
}
