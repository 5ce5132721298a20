package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.GuestListener;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.GuestStream;
import dev.banger.api.ImageView;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.Permission;
import dev.banger.api.TarSink;
import dev.banger.api.TarSource;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmUsage;
import dev.banger.api.VmView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A host without a daemon. Permissions are checked as the real one does. Host tools really run,
 * unless they are {@linkplain #tool scripted}. Guests are directories: what is put into {@code
 * /root/x} of a VM is in {@code root/x} of {@link #guestRoot}. Jobs really run, as processes of
 * this machine in such a directory: a test ends with {@link #stopJobs}.
 */
public final class FakeCapabilityHost implements CapabilityHost {
  /** Null when somebody else checks. */
  private final Set<Permission> permissions;

  private final Path guests;
  private final RealTools tools = new RealTools();
  private final Map<String, VmView> vms = new ConcurrentHashMap<>();
  private final Map<String, ImageView> images = new ConcurrentHashMap<>();
  private final Map<String, ToolScript> scripts = new ConcurrentHashMap<>();
  private final Map<Integer, GuestService> services = new ConcurrentHashMap<>();
  private final FakeListeners listeners = new FakeListeners();
  private final Map<String, FakeJobs> jobs = new ConcurrentHashMap<>();
  private final Map<String, VmUsage> usages = new ConcurrentHashMap<>();
  private final List<String> stops = new CopyOnWriteArrayList<>();
  private final FakeLocks locks = new FakeLocks();
  private final Set<String> missingTools = ConcurrentHashMap.newKeySet();
  private final List<List<String>> toolCalls = new CopyOnWriteArrayList<>();
  private volatile BiFunction<VmView, GuestCommand, GuestResult> shell =
      (_, _) -> new GuestResult(0, "", "", false);

  /**
   * @param permissions what the plugin under test declared
   * @param guests an existing directory to keep the guests' files in
   */
  public FakeCapabilityHost(Set<Permission> permissions, Path guests) {
    this.permissions = Set.copyOf(permissions);
    this.guests = guests;
  }

  /** Without checks of permissions, for behind a {@link dev.banger.hooks.GuardedHost}. */
  static FakeCapabilityHost unguarded(Path guests) {
    return new FakeCapabilityHost(guests);
  }

  private FakeCapabilityHost(Path guests) {
    this.permissions = null;
    this.guests = guests;
  }

  /** There is that VM, instead of one with its name. */
  public FakeCapabilityHost with(VmView vm) {
    vms.put(vm.name(), vm);
    return this;
  }

  /** There is no VM of that name. */
  public FakeCapabilityHost withoutVm(String name) {
    vms.remove(name);
    return this;
  }

  /** There is that image. */
  public FakeCapabilityHost with(ImageView image) {
    images.put(image.name(), image);
    return this;
  }

  /** From now on that tool is there, and does this instead of being run. */
  public FakeCapabilityHost tool(String tool, ToolScript script) {
    missingTools.remove(tool);
    scripts.put(tool, script);
    return this;
  }

  /** Something listens on that port of every guest. */
  public FakeCapabilityHost listening(int port, GuestService service) {
    services.put(port, service);
    return this;
  }

  /** From now on these listen in every guest, and whoever watches is told. */
  public FakeCapabilityHost listeners(GuestListener... now) {
    listeners.set(List.of(now));
    return this;
  }

  /** Guests go away, from those who watch what listens in them; they can be watched again. */
  public FakeCapabilityHost endWatches() {
    listeners.end();
    return this;
  }

  /** From now on the host does not have that tool. */
  public FakeCapabilityHost without(String tool) {
    missingTools.add(tool);
    return this;
  }

  /** What guests answer to commands; exit code 0 and no output when not said. */
  public FakeCapabilityHost answering(Function<GuestCommand, GuestResult> answers) {
    return answering((_, command) -> answers.apply(command));
  }

  /** The same for guests that do not all answer alike. */
  public FakeCapabilityHost answering(BiFunction<VmView, GuestCommand, GuestResult> answers) {
    shell = answers;
    return this;
  }

  /** From now on that VM is used in this way; without a word from a test, VMs are used just now. */
  public FakeCapabilityHost usage(VmView vm, VmUsage usage) {
    usages.put(vm.id(), usage);
    return this;
  }

  /** The reasons for which VMs were stopped so far, each after the VM's name: {@code web: why}. */
  public List<String> stops() {
    return List.copyOf(stops);
  }

  /** The argument lists of all tools run so far. */
  public List<List<String>> toolCalls() {
    return List.copyOf(toolCalls);
  }

  /** As when the guests go down: every job that runs is killed and lost. */
  public void stopJobs() {
    jobs.values().forEach(FakeJobs::goDown);
  }

  /** As when the links to all guests break: connections to jobs fail, jobs run on. */
  public void cutJobs() {
    jobs.values().forEach(FakeJobs::cut);
  }

  public Path guestRoot(VmView vm) {
    try {
      return Files.createDirectories(guests.resolve(vm.id()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public VmView resolve(String ref) {
    admit(Permission.VM_READ);
    if (vms.containsKey(ref)) {
      return vms.get(ref);
    }
    List<VmView> found =
        vms.values().stream().filter(vm -> !ref.isEmpty() && vm.id().startsWith(ref)).toList();
    if (found.size() > 1) {
      throw new CapabilityException(
          FailureKind.AMBIGUOUS, "\"%s\" begins the ids of several VMs".formatted(ref));
    }
    if (found.isEmpty()) {
      throw new CapabilityException(FailureKind.NOT_FOUND, "no VM \"" + ref + "\"");
    }
    return found.getFirst();
  }

  @Override
  public List<VmView> vms() {
    admit(Permission.VM_READ);
    return List.copyOf(vms.values());
  }

  /** As the host knows it now, whatever state {@code vm} was looked up in. */
  @Override
  public boolean isAlive(VmView vm) {
    admit(Permission.VM_READ);
    return isNowRunning(vm);
  }

  @Override
  public VmUsage usage(VmView vm, Duration window) {
    admit(Permission.VM_READ);
    if (!isNowRunning(vm)) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, "VM %s is not running".formatted(vm.name()));
    }
    return usages.getOrDefault(
        vm.id(),
        new VmUsage(
            Instant.now(), "start", Duration.ZERO, List.of(), OptionalDouble.empty(), false));
  }

  @Override
  public void stop(VmView vm, String reason) {
    admit(Permission.VM_STOP);
    down(vm, reason);
  }

  /** As the host knows it by then; see {@link #usage(VmView, VmUsage)}. */
  @Override
  public boolean stopUnused(VmView vm, Duration unused, String reason) {
    admit(Permission.VM_STOP);
    if (!isNowRunning(vm)) {
      return false;
    }
    VmUsage usage = usages.get(vm.id());
    if (usage == null
        || usage.isInUse()
        || usage.isPaused()
        || usage.unusedFor().compareTo(unused) < 0) {
      return false;
    }
    down(vm, reason);
    return true;
  }

  private boolean isNowRunning(VmView vm) {
    return vms.values().stream().anyMatch(now -> now.id().equals(vm.id()) && now.isRunning());
  }

  private void down(VmView vm, String reason) {
    stops.add(vm.name() + ": " + reason);
    vms.computeIfPresent(
        vm.name(), (_, now) -> now instanceof FakeVm fake ? fake.in("stopped") : now);
  }

  @Override
  public <T> T withVmLock(VmView vm, Duration deadline, LockedBody<T> body) throws Exception {
    admit(Permission.VM_LOCK);
    return locks.withVm(vm, deadline, body);
  }

  @Override
  public ImageView image(String name) {
    admit(Permission.IMAGE_READ);
    ImageView image = images.get(name);
    if (image == null) {
      throw new CapabilityException(FailureKind.NOT_FOUND, "no image \"" + name + "\"");
    }
    return image;
  }

  @Override
  public GuestStream dial(VmView vm, int port, Duration deadline) {
    admit(Permission.GUEST_DIAL);
    running(vm);
    GuestService service = services.get(port);
    if (service == null) {
      throw new CapabilityException(
          FailureKind.GUEST, "nothing listens on port %d of %s".formatted(port, vm.name()));
    }
    return LoopbackStream.to(service);
  }

  @Override
  public List<GuestListener> listeners(VmView vm, Duration deadline) {
    admit(Permission.GUEST_PORTS);
    running(vm);
    return listeners.now();
  }

  @Override
  public void watchListeners(VmView vm, Watcher watcher) throws InterruptedException {
    admit(Permission.GUEST_PORTS);
    running(vm);
    listeners.watch(watcher);
  }

  @Override
  public void awaitGuest(VmView vm, Duration deadline) {
    admit(Permission.GUEST_EXEC);
    running(vm);
  }

  @Override
  public void getTar(VmView vm, String path, TarSink tar, Duration deadline) throws Exception {
    admit(Permission.GUEST_FILES);
    running(vm);
    Path source = inside(vm, path);
    if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      throw new CapabilityException(FailureKind.GUEST, "the guest has no " + path);
    }
    Path name = source.getFileName();
    Process pack =
        new ProcessBuilder("tar", "-c", "-f", "-", "-C", source.getParent().toString(), "" + name)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream packed = pack.getInputStream()) {
      tar.readFrom(packed);
      packed.transferTo(OutputStream.nullOutputStream());
      if (!pack.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CapabilityException(FailureKind.TIMEOUT, "the guest did not pack in time");
      }
    } finally {
      pack.destroyForcibly();
    }
  }

  @Override
  public GuestResult exec(VmView vm, GuestCommand command) {
    admit(Permission.GUEST_EXEC);
    running(vm);
    return shell.apply(vm, command);
  }

  @Override
  public void putTar(VmView vm, String directory, TarSource tar, Duration deadline)
      throws Exception {
    admit(Permission.GUEST_FILES);
    running(vm);
    Path target = Files.createDirectories(inside(vm, directory));
    Process unpack = new ProcessBuilder(untar(target)).redirectErrorStream(true).start();
    try {
      try (OutputStream out = unpack.getOutputStream()) {
        tar.writeTo(out);
      }
      String complaints =
          new String(unpack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!unpack.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CapabilityException(FailureKind.TIMEOUT, "the guest did not unpack in time");
      }
      if (unpack.exitValue() != 0) {
        throw new CapabilityException(FailureKind.GUEST, "cannot unpack: " + complaints);
      }
    } finally {
      unpack.destroyForcibly();
    }
  }

  /** As a guest does it: with BusyBox, which knows less than GNU tar, where there is one. */
  private List<String> untar(Path target) {
    List<String> options = List.of("tar", "-x", "-p", "-o", "-f", "-", "-C", target.toString());
    return tools
        .find("busybox")
        .map(busybox -> Stream.concat(Stream.of(busybox.toString()), options.stream()).toList())
        .orElse(options);
  }

  @Override
  public GuestPath stat(VmView vm, String path, Duration deadline) {
    admit(Permission.GUEST_FILES);
    running(vm);
    Path target = inside(vm, path);
    if (Files.isDirectory(target)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
        return entries.iterator().hasNext() ? GuestPath.DIRECTORY : GuestPath.EMPTY_DIRECTORY;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (Files.isRegularFile(target)) {
      return GuestPath.FILE;
    }
    return Files.exists(target, LinkOption.NOFOLLOW_LINKS) ? GuestPath.OTHER : GuestPath.ABSENT;
  }

  @Override
  public GuestJob startJob(VmView vm, GuestJobSpec spec, Duration deadline) {
    return jobsOf(vm).start(spec, spec.cwd().isEmpty() ? home(vm) : inside(vm, spec.cwd()));
  }

  private Path home(VmView vm) {
    try {
      return Files.createDirectories(inside(vm, "/root"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<GuestJob> jobs(VmView vm, Duration deadline) {
    return jobsOf(vm).list();
  }

  @Override
  public GuestJob job(VmView vm, String id, Duration deadline) {
    return jobsOf(vm).find(id).view();
  }

  @Override
  public JobConnection connect(VmView vm, String id, JobView view, Duration deadline) {
    return jobsOf(vm).connect(id, view);
  }

  @Override
  public void signal(VmView vm, String id, int signal, Duration deadline)
      throws InterruptedException {
    jobsOf(vm).find(id).signal(signal);
  }

  @Override
  public void forget(VmView vm, String id, Duration deadline) {
    jobsOf(vm).forget(id);
  }

  private FakeJobs jobsOf(VmView vm) {
    admit(Permission.GUEST_EXEC);
    running(vm);
    return jobs.computeIfAbsent(vm.id(), _ -> new FakeJobs());
  }

  @Override
  public ToolResult run(ToolCall call) throws InterruptedException {
    admit(Permission.hostTool(call.tool()));
    if (missingTools.contains(call.tool())) {
      throw new CapabilityException(
          FailureKind.UNAVAILABLE, call.tool() + " is not installed", "banger doctor");
    }
    toolCalls.add(call.argv());
    ToolScript script = scripts.get(call.tool());
    if (script == null) {
      return tools.run(call);
    }
    synchronized (script) {
      return script.run(call);
    }
  }

  @Override
  public Optional<Path> find(String tool) {
    admit(Permission.hostTool(tool));
    if (missingTools.contains(tool)) {
      return Optional.empty();
    }
    return scripts.containsKey(tool) ? Optional.of(Path.of("/usr/sbin", tool)) : tools.find(tool);
  }

  @Override
  public <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception {
    return locks.withKey(key, deadline, body);
  }

  private Path inside(VmView vm, String path) {
    return guestRoot(vm).resolve(path.substring(1));
  }

  private static void running(VmView vm) {
    if (!vm.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, "VM %s is %s".formatted(vm.name(), vm.state()));
    }
  }

  private void admit(Permission permission) {
    if (permissions != null && !permissions.contains(permission)) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, "the plugin did not declare that it needs " + permission);
    }
  }
}
