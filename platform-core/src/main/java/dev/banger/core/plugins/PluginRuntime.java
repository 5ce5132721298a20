package dev.banger.core.plugins;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandMode;
import dev.banger.api.build.JsonText;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.PluginDetails.VersionInUse;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.Participants;
import dev.banger.hooks.StoredVm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * All plugins. Whatever one of them does, no method here fails for it, except the very request that
 * it was to carry out. Thread-safe; {@link #start} is called once, and until it returns there are
 * no plugins.
 */
public final class PluginRuntime implements Participants, AutoCloseable {
  private final InstalledPlugins installed;
  private final Journal journal;
  private final PluginPorts ports;
  private final LeakProbe leaks = new LeakProbe();
  private final ExecutorService janitor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("plugins-janitor").factory());
  private final LoadedVersions versions = new LoadedVersions(this::settleSoon);
  private final PluginSet set;
  private final Exchange exchange;
  private final Wanted wanted;
  private final Removal removal;
  private final Installer installer;
  private final Overlays overlays;
  private final Commands commands;
  private final EventFeed events = new EventFeed();
  private final Sweeps sweeps = new Sweeps(versions);
  private final UseSources uses = new UseSources(versions::active);
  private volatile Manifests manifests = Manifests.of(List.of());

  /**
   * @param ports what plugins need of the core; not called before {@link #start}
   */
  public PluginRuntime(
      PluginSettings settings,
      PluginPorts ports,
      dev.banger.core.host.Commands tools,
      HostCalls calls,
      Journal journal,
      InstalledPlugins installed) {
    this.installed = installed;
    this.journal = journal;
    this.ports = ports;
    this.commands = new Commands(versions, this::absent, ports::use);
    PluginLoader loader =
        new PluginLoader(
            new HostServices(
                ports, new HostToolRunner(tools), calls, settings.dataRoot(), settings.home()),
            leaks);
    this.set = new PluginSet(settings, installed, journal, loader, versions);
    this.exchange = new Exchange(installed, journal, versions, set, this::changed);
    this.wanted = new Wanted(exchange);
    this.removal = new Removal(exchange, settings, ports, journal);
    this.installer = new Installer(exchange, settings, loader);
    this.overlays = new Overlays(exchange, settings, loader);
  }

  private record Manifests(String json, String digest) {
    static Manifests of(List<HostedPlugin> plugins) {
      String json =
          JsonText.compact(plugins.stream().map(plugin -> plugin.manifest().tree()).toList());
      return new Manifests(json, Digests.ofText(json));
    }
  }

  /** Loads and opens everything that may be. Takes seconds at worst per broken plugin. */
  public void start() {
    exchange.start();
  }

  private void changed() {
    List<HostedPlugin> active = versions.active();
    manifests = Manifests.of(active);
    events.become(active);
    sweeps.become(active);
    ports.pluginsChanged();
  }

  private void settleSoon() {
    try {
      janitor.execute(this::settle);
    } catch (RejectedExecutionException e) {
      // Being closed: everything goes anyway.
    }
  }

  /**
   * Unloads the versions that nothing needs any more. To be called when operations have ended; what
   * ends otherwise is noticed then.
   */
  public void settle() {
    exchange.settle();
  }

  /** Every plugin that was found, in the order in which they start, also those that do not run. */
  public List<PluginInfo> list() {
    return set.known().stream().map(this::info).toList();
  }

  private PluginInfo info(FoundPlugin found) {
    boolean active = found.state() == PluginState.ACTIVE;
    Optional<PluginManifest> manifest = found.manifest();
    Optional<PluginManifest> adds = manifest.filter(_ -> active);
    return new PluginInfo(
        found.id(),
        found.version(),
        manifest.map(PluginManifest::description).orElse(""),
        found.state(),
        found.reason(),
        adds.map(PluginManifest::stepNames).orElse(List.of()),
        adds.map(PluginManifest::commandPaths).orElse(List.of()),
        adds.map(PluginManifest::checkIds).orElse(List.of()),
        adds.map(PluginManifest::permissions).orElse(List.of()),
        found.origin().toString());
  }

  /**
   * @throws BangerException of kind NOT_FOUND
   */
  public PluginDetails details(String id) {
    FoundPlugin found = set.known(id).orElseThrow(() -> absent(id));
    List<JournalRow> rows = OpenRows.of(journal).map(open -> open.of(id)).orElse(List.of());
    return new PluginDetails(
        info(found),
        JsonText.compact(found.manifest().map(PluginManifest::tree).orElse(Map.of())),
        versionsOf(id, rows),
        leaks.report(id),
        rows.stream()
            .filter(row -> row.state() == JournalRow.State.STOP_FAILED)
            .map(
                row ->
                    new PluginDetails.Leftover(
                        row.vm().name(), row.step(), row.reason(), row.attempts(), row.retryAt()))
            .toList());
  }

  private List<VersionInUse> versionsOf(String id, List<JournalRow> rows) {
    List<VersionInUse> list = new ArrayList<>();
    for (HostedPlugin plugin : versions.active()) {
      if (plugin.id().equals(id)) {
        list.add(inUse(plugin, "active", rows));
      }
    }
    for (HostedPlugin plugin : versions.draining()) {
      if (plugin.id().equals(id)) {
        list.add(inUse(plugin, "draining", rows));
      }
    }
    try {
      installed
          .find(id)
          .flatMap(InstalledPlugins.Installed::previous)
          .ifPresent(
              version ->
                  list.add(
                      new VersionInUse(
                          version.version(), version.digest(), "previous", List.of())));
    } catch (CapabilityException e) {
      throw Failures.toCore(e);
    }
    return list;
  }

  private static VersionInUse inUse(HostedPlugin plugin, String state, List<JournalRow> rows) {
    return new VersionInUse(
        plugin.version(),
        plugin.digest(),
        state,
        OpenRows.vms(rows.stream().filter(row -> row.digest().equals(plugin.digest())).toList()));
  }

  /** A JSON array with the manifests of the active plugins. */
  public String manifestsJson() {
    return manifests.json();
  }

  /** Changes when {@link #manifestsJson} does: SHA-256 in lower-case hexadecimal. */
  public String manifestsDigest() {
    return manifests.digest();
  }

  /** What is loaded now. */
  LoadedVersions versions() {
    return versions;
  }

  /** The command that has a role, for example {@code vm.run.import}. */
  public Optional<CommandRef> commandWithRole(String role) {
    return versions.active().stream()
        .flatMap(
            plugin ->
                plugin.registration().commands().values().stream()
                    .filter(command -> command.spec().role().filter(role::equals).isPresent())
                    .map(command -> new CommandRef(plugin.id(), command.spec().path())))
        .findFirst();
  }

  /**
   * Why no VM may be started now: a plugin that ought to run and without whose step none should run
   * is broken.
   *
   * @return one sentence that names the plugin and what to do
   */
  public Optional<String> refusal() {
    return set.known().stream()
        .filter(
            found ->
                (found.state() == PluginState.FAILED || found.state() == PluginState.BLOCKED)
                    && versions.active(found.id()).isEmpty())
        .filter(
            found ->
                !found.manifest().map(PluginManifest::requiredSteps).orElse(List.of()).isEmpty())
        .findFirst()
        .map(
            found ->
                "plugin %s is %s, and its step %s is required: %s (mend it, then: banger plugin reload %s; or: banger plugin disable %s)"
                    .formatted(
                        found.manifest().orElseThrow().title(),
                        found.state().wireName(),
                        found.manifest().orElseThrow().requiredSteps().getFirst(),
                        found.reason(),
                        found.id(),
                        found.id()));
  }

  /**
   * Carries out a command of mode ANSWER or LIVE, and what other plugins do after it.
   *
   * @param argsJson a JSON object, see {@code plugin.call} in docs/rpc.md
   * @param cwd absolute
   * @return the result as JSON
   * @throws BangerException what the plugin made of it; INTERNAL for a defect of the plugin
   */
  public String call(
      String pluginId, String command, String argsJson, Path cwd, Progress progress, RowSink rows)
      throws InterruptedException {
    return commands.call(new Commands.Use(pluginId, command, argsJson, cwd), progress, rows);
  }

  /** Whether it is a command of an active plugin that sends rows, or does so with a flag. */
  public boolean isLive(String pluginId, String command) {
    return versions
        .active(pluginId)
        .map(plugin -> plugin.registration().commands().get(command))
        .filter(
            declared ->
                declared.spec().mode() == CommandMode.LIVE
                    || declared.spec().liveFlag().isPresent())
        .isPresent();
  }

  /** Takes the rows of a command of mode LIVE; waits while it has enough of them. */
  @FunctionalInterface
  public interface RowSink {
    /**
     * @param json an object
     */
    void row(String json) throws InterruptedException;

    /** What the command could not do, after all rows and before its result. */
    default void failure(BangerException failure) throws InterruptedException {}
  }

  /** Throws what {@link #attach} would of a command that is not there or is used wrongly. */
  public void checkAttachable(String pluginId, String command, String argsJson, Path cwd) {
    commands.checkAttachable(new Commands.Use(pluginId, command, argsJson, cwd));
  }

  /**
   * Carries out a command of mode ATTACH; it ends when this thread is interrupted.
   *
   * @return its exit code
   */
  public int attach(String pluginId, String command, String argsJson, Path cwd, Terminal terminal)
      throws InterruptedException {
    return commands.attach(
        new Commands.Use(pluginId, command, argsJson, cwd), Progress.NONE, terminal);
  }

  private BangerException absent(String pluginId) {
    return set.known(pluginId)
        .map(
            found ->
                new BangerException(
                    ErrorKind.UNAVAILABLE,
                    "plugin %s is %s: %s"
                        .formatted(pluginId, found.state().wireName(), found.reason()),
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
    return versions.hold();
  }

  /**
   * Runs all checks of all plugins at once. A plugin that does not run although it should is
   * reported too.
   */
  public List<CheckReport> doctorChecks() throws InterruptedException {
    return doctorChecks(false);
  }

  /**
   * @param fix lets plugins mend what they complain of, which takes up to half a minute for each
   *     check, and looks again
   */
  public List<CheckReport> doctorChecks(boolean fix) throws InterruptedException {
    return doctorChecks(fix ? Optional.of(Fixes.LIMIT) : Optional.empty());
  }

  /**
   * @param fixing how long each fix may take; nothing is fixed without it
   */
  List<CheckReport> doctorChecks(Optional<Duration> fixing) throws InterruptedException {
    List<CheckReport> reports = new ArrayList<>();
    for (FoundPlugin found : set.known()) {
      switch (found.state()) {
        case ACTIVE, DISABLED, REMOVED -> {}
        case BLOCKED, FAILED -> reports.add(Checks.absent(found));
      }
    }
    try (LoadedVersions.Hold hold = versions.hold()) {
      List<Checks.Done> done = Checks.run(hold.plugins());
      reports.addAll(
          fixing.isPresent()
              ? new Fixes(fixing.get(), plugin -> versions.active().contains(plugin)).run(done)
              : done.stream().map(Checks.Done::report).toList());
    }
    OpenRows.of(journal)
        .ifPresent(
            rows -> reports.addAll(Leftovers.reports(rows, this::isKnown, removal::isOfAVm)));
    return List.copyOf(reports);
  }

  private boolean isKnown(String id) {
    return set.known(id).isPresent();
  }

  /** Tells plugins what became of a VM; returns at once. */
  public void happened(StoredVm vm, String type, String reason, Instant at) {
    events.tell(new Mailbox.Event(type, at, vm, reason));
  }

  /**
   * Lets all plugins remove what belongs to no VM; returns at once. From the first call on, plugins
   * sweep also when they become active.
   *
   * @param exists whether there is a VM of that id, at the moment of asking
   */
  public void sweepAll(Predicate<String> exists) {
    sweeps.all(exists);
  }

  /** What plugins have to say of a VM, each line with the plugin's id; asks none of them. */
  public List<String> remarks(String vmId) {
    List<String> all = new ArrayList<>();
    for (HostedPlugin plugin : versions.active()) {
      plugin.remarks(vmId).forEach(line -> all.add(plugin.id() + ": " + line));
    }
    return all.stream().sorted().toList();
  }

  /** What of the plugins' uses a VM now; those that cannot say say nothing. */
  public List<String> uses(StoredVm vm) throws InterruptedException {
    return uses.of(vm);
  }

  /** Ids of VMs for which a plugin misses something that it has made. */
  public Set<String> drifted() throws InterruptedException {
    try (LoadedVersions.Hold hold = versions.hold()) {
      return Watches.drifted(hold.plugins());
    }
  }

  /** Wants a plugin, and tries once more to start it. */
  public PluginChange enable(String id) {
    return wanted.enable(id);
  }

  public PluginChange disable(String id) {
    return wanted.disable(id);
  }

  /** Looks for the plugin's files again, and loads what is there in place of what runs. */
  public PluginChange reload(String id) {
    return wanted.reload(id);
  }

  /**
   * @param purge drops what it keeps, too
   */
  public PluginChange remove(String id, boolean purge) {
    return removal.remove(id, purge);
  }

  public PluginChange rollback(String id) {
    return installer.rollback(id);
  }

  /**
   * @param zip absolute
   * @param digest what the zip's SHA-256 must be
   * @param dryRun checks everything and changes nothing
   */
  public Installation install(Path zip, Optional<String> digest, boolean dryRun) {
    return installer.install(zip, digest, dryRun);
  }

  /**
   * Uses what was built in a plugin's project in place of whatever has its id, until {@link #undev}
   * or the end of the daemon.
   */
  public PluginChange dev(Path project) {
    return overlays.dev(project);
  }

  public PluginChange undev(String id) {
    return overlays.undev(id);
  }

  /** The class loaders of the active plugins, for the tests that look for leaks. */
  Map<String, ClassLoader> loaders() {
    return versions.active().stream()
        .collect(toUnmodifiableMap(HostedPlugin::id, HostedPlugin::loader));
  }

  /** For the tests that look for leaks. */
  LeakProbe leaks() {
    return leaks;
  }

  /** Closes all plugins, the last one first. Calls that are under way are cut off. */
  @Override
  public void close() {
    janitor.shutdownNow();
    events.become(List.of());
    sweeps.become(List.of());
    exchange.close();
    manifests = Manifests.of(List.of());
  }
}
