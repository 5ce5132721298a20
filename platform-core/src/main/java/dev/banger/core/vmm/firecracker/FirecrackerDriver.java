package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.Commands;
import dev.banger.core.host.DetachedCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.Deadline;
import dev.banger.core.vmm.KvmProbe;
import dev.banger.core.vmm.PlainJson;
import dev.banger.core.vmm.ProbeCache;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Runs VMs with Firecracker.
 *
 * <p>A VM's Firecracker belongs to nobody once it runs: own session, no pipes. It is found again by
 * what {@link FirecrackerProcesses} accepts as proof.
 */
public final class FirecrackerDriver implements VmmDriver, Closeable {
  public static final String NAME = "firecracker";

  /** Whoever asks for counters does not want to wait. */
  private static final Duration COUNTERS = Duration.ofMillis(500);

  private final FirecrackerInstallation installation;
  private final KvmProbe probe;
  private final KvmGate gate;
  private final KernelUnpacking kernels;
  private final Handover handover;
  private final FirecrackerProcesses processes;
  private final FirecrackerLauncher launcher;
  private final Map<VmId, FirecrackerLife> lives = new ConcurrentHashMap<>();

  /**
   * @param stateDir durable; the verdict of the KVM probe is kept there
   */
  public FirecrackerDriver(
      Commands commands, Path stateDir, FirecrackerSettings settings, ElfKernels kernels) {
    this(commands, stateDir, settings, kernels, Optional::empty);
  }

  /**
   * @param anyKernel a guest's kernel with which {@link #status} may try whether KVM works
   */
  public FirecrackerDriver(
      Commands commands,
      Path stateDir,
      FirecrackerSettings settings,
      ElfKernels kernels,
      Supplier<Optional<Path>> anyKernel) {
    Clock clock = Clock.systemUTC();
    this.installation = new FirecrackerInstallation(commands, settings.binary());
    this.probe =
        new KvmProbe(
            new FirecrackerProbe(commands, stateDir),
            new ProbeCache(stateDir.resolve("firecracker-probe.json"), clock),
            settings.kvmDevice(),
            settings.probeDeadline(),
            clock);
    this.gate = new KvmGate(settings, probe, kernels, anyKernel);
    this.kernels = new KernelUnpacking(kernels);
    this.handover =
        new Handover(
            commands, settings.networkDevices(), Path.of("/sys/dev/block"), settings.bridge());
    this.processes = new FirecrackerProcesses(new ProcessTable());
    this.launcher = new FirecrackerLauncher(new DetachedCommands(commands), processes, clock);
    processes.killProbes(stateDir);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(Set.of(LaunchPlan.Disk.Format.RAW), false);
  }

  @Override
  public DriverStatus status() {
    return status(KvmGate.STATUS_LIMIT);
  }

  @Override
  public DriverStatus settledStatus() {
    return status(KvmGate.VERDICT_LIMIT);
  }

  private DriverStatus status(Duration limit) {
    Optional<FirecrackerInstallation.Found> found = installation.find();
    if (found.isEmpty()) {
      return new DriverStatus(
          NAME,
          false,
          "",
          "",
          installation.tool() + " is not installed",
          FirecrackerInstallation.installHint());
    }
    if (!found.get().problem().isEmpty()) {
      return new DriverStatus(
          NAME,
          false,
          "",
          found.get().versionText(),
          found.get().problem(),
          FirecrackerInstallation.installHint());
    }
    return gate.status(found.get(), limit);
  }

  @Override
  public boolean forgetVerdict() {
    return probe.forget();
  }

  @Override
  public void prepare(LaunchPlan plan, Duration deadline, Progress progress) {
    Deadline end = Deadline.in(deadline);
    FirecrackerInstallation.Found firecracker = installation.require();
    try {
      Path elf = kernels.elf(plan.kernel(), end.left(), progress);
      gate.prepare(firecracker, elf, end.left(), progress);
    } catch (InterruptedException e) {
      throw interrupted("preparing VM " + plan.paths().id());
    }
  }

  @Override
  public VmHandles launch(LaunchPlan plan, Duration deadline) {
    Deadline end = Deadline.in(deadline);
    VmPaths paths = plan.paths();
    FirecrackerInstallation.Found firecracker = installation.require();
    refuseIfRunning(paths, ErrorKind.CONFLICT);
    try {
      Path elf = kernels.elf(plan.kernel(), end.left(), Progress.NONE);
      List<ApiRequest> requests = BootRequests.of(plan, elf);
      handover.check(plan, elf);
      gate.require(firecracker, elf, end.left());
      forget(paths.id());
      FirecrackerLife life = launcher.launch(plan, firecracker.binary(), requests, end);
      lives.put(paths.id(), life);
      return life.handles();
    } catch (InterruptedException e) {
      throw interrupted("starting VM " + paths.id());
    }
  }

  @Override
  public Optional<VmHandles> observe(VmPaths paths, Optional<VmHandles> hint) {
    return hint.flatMap(handles -> processes.find(paths, handles))
        .or(() -> processes.search(paths))
        .map(processes::handles);
  }

  @Override
  public Set<VmId> traces(List<VmPaths> vms) {
    return processes.present(vms);
  }

  @Override
  public CompletableFuture<VmmExit> onExit(VmPaths paths, VmHandles handles) {
    return life(paths, handles)
        .map(FirecrackerLife::exit)
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    new VmmExit(false, "the VMM was already gone when it was looked for")));
  }

  @Override
  public SocketChannel openAgent(VmPaths paths, VmHandles handles, Duration deadline)
      throws IOException, InterruptedException {
    return life(paths, handles)
        .orElseThrow(() -> new IOException("the VMM of VM %s is gone".formatted(paths.id())))
        .openAgent(deadline);
  }

  @Override
  public void powerButton(VmPaths paths, VmHandles handles, Duration deadline) {
    Map<String, Object> ignored =
        ask(paths, handles, ApiRequest.action("SendCtrlAltDel"), "take the power button", deadline);
  }

  @Override
  public void pause(VmPaths paths, VmHandles handles, Duration deadline) {
    Deadline end = Deadline.in(deadline);
    String version = PlainJson.text(self(paths, handles, end.left()), "vmm_version");
    FirecrackerVersion running =
        FirecrackerVersion.parse("Firecracker v" + version)
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.UNAVAILABLE,
                        "the Firecracker of VM %s does not say its version".formatted(paths.id())));
    if (!running.survivesPause()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "a VM of Firecracker %s cannot be reached any more once it was paused".formatted(running),
          "use Firecracker 1.15.1, or one later than 1.16.1, and restart the VM");
    }
    Map<String, Object> ignored =
        ask(paths, handles, ApiRequest.state("Paused"), "pause", end.left());
  }

  @Override
  public void resume(VmPaths paths, VmHandles handles, Duration deadline) {
    Map<String, Object> ignored =
        ask(paths, handles, ApiRequest.state("Resumed"), "resume", deadline);
  }

  /** Whether its processors stand still because somebody paused it; false when it does not say. */
  @Override
  public boolean isPaused(VmPaths paths, VmHandles handles, Duration deadline) {
    try {
      return PlainJson.text(self(paths, handles, deadline), "state").equals("Paused");
    } catch (BangerException e) {
      return false;
    }
  }

  @Override
  public Optional<Counters> counters(VmPaths paths, VmHandles handles) {
    Optional<FirecrackerLife> life = life(paths, handles);
    try {
      return life.isPresent() ? life.get().counters(COUNTERS) : Optional.empty();
    } catch (InterruptedException e) {
      throw interrupted("asking for the counters of VM " + paths.id());
    }
  }

  @Override
  public void kill(VmPaths paths, VmHandles handles, Duration deadline) {
    if (processes.find(paths, handles).isEmpty()) {
      return;
    }
    // It keeps nothing of the disks to itself, so there is nothing to ask it for first.
    life(paths, handles).ifPresent(FirecrackerLife::killedByUs);
    processes.find(paths, handles).ifPresent(processes::kill);
    try {
      if (!processes.awaitGone(handles, deadline)) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "VMM %d of VM %s is still there %d s after it was killed"
                .formatted(handles.pid(), paths.id(), deadline.toSeconds()),
            "it hangs in the host's kernel, for example on a dead disk: see dmesg");
      }
    } catch (InterruptedException e) {
      throw interrupted("killing VM " + paths.id());
    }
  }

  @Override
  public void removeLeftovers(VmPaths paths) {
    refuseIfRunning(paths, ErrorKind.ILLEGAL_STATE);
    forget(paths.id());
    RunFiles.remove(paths);
  }

  /** Stops watching and probing. The VMs go on. */
  @Override
  public void close() {
    probe.close();
    lives.keySet().forEach(this::forget);
  }

  private Map<String, Object> self(VmPaths paths, VmHandles handles, Duration limit) {
    return ask(paths, handles, ApiRequest.get("/"), "tell of itself", limit);
  }

  private Map<String, Object> ask(
      VmPaths paths, VmHandles handles, ApiRequest request, String what, Duration limit) {
    FirecrackerLife life =
        life(paths, handles)
            .filter(known -> processes.isAlive(known.handles()))
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.ILLEGAL_STATE,
                        "the VMM of VM %s is not running".formatted(paths.id())));
    try {
      return life.api().call(request, limit);
    } catch (ApiException e) {
      throw new BangerException(
          e.reason() == ApiException.Reason.TIMEOUT ? ErrorKind.TIMEOUT : ErrorKind.HOST,
          "the VMM of VM %s did not %s: %s".formatted(paths.id(), what, e.getMessage()),
          "",
          List.of(),
          e);
    } catch (InterruptedException e) {
      throw interrupted("having VM %s %s".formatted(paths.id(), what));
    }
  }

  /** The life that the handles speak of, adopted if need be; empty when it is over and unknown. */
  private Optional<FirecrackerLife> life(VmPaths paths, VmHandles handles) {
    return Optional.ofNullable(
            lives.compute(
                paths.id(),
                (_, known) -> {
                  if (known != null && known.handles().equals(handles)) {
                    return known;
                  }
                  if (processes.find(paths, handles).isEmpty()) {
                    return known;
                  }
                  if (known != null) {
                    known.close();
                  }
                  return launcher.adopt(paths, handles);
                }))
        .filter(life -> life.handles().equals(handles));
  }

  private void forget(VmId id) {
    FirecrackerLife life = lives.remove(id);
    if (life != null) {
      life.close();
    }
  }

  private void refuseIfRunning(VmPaths paths, ErrorKind kind) {
    processes
        .search(paths)
        .ifPresent(
            running -> {
              throw new BangerException(
                  kind,
                  "the VMM of VM %s is still running (pid %d)"
                      .formatted(paths.id(), running.pid()));
            });
  }

  private static BangerException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new BangerException(ErrorKind.HOST, what + " was interrupted");
  }
}
