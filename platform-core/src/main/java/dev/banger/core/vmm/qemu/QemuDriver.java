package dev.banger.core.vmm.qemu;

import dev.banger.core.host.Commands;
import dev.banger.core.host.DetachedCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.host.VsockBridge;
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
import dev.banger.protocol.Protocol;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs VMs with QEMU's {@code microvm} machine.
 *
 * <p>A VM's QEMU belongs to nobody once it runs: own session, no pipes. It is found again by what
 * {@link QemuProcesses} accepts as proof. The driver holds one QMP connection per VM, for QEMU
 * serves one client at a time.
 */
public final class QemuDriver implements VmmDriver, Closeable {
  public static final String NAME = "qemu";

  private static final Logger LOG = LoggerFactory.getLogger(QemuDriver.class);

  /** A healthy QEMU answers within milliseconds. */
  private static final Duration QUIT_ANSWER = Duration.ofSeconds(1);

  /** Whoever asks for counters does not want to wait. */
  private static final Duration COUNTERS = Duration.ofMillis(500);

  private final QemuInstallation installation;
  private final Acceleration acceleration;
  private final KvmProbe probe;
  private final QemuProcesses processes;
  private final QemuLauncher launcher;
  private final VhostVsock vsock;
  private final Map<VmId, QemuLife> lives = new ConcurrentHashMap<>();

  /**
   * @param stateDir durable; the verdict of the KVM probe is kept there
   */
  public QemuDriver(Commands commands, Path stateDir, QemuSettings settings) {
    this(commands, stateDir, settings, new ProbeGuest(commands, stateDir), Clock.systemUTC());
    processes.killProbes(stateDir);
  }

  QemuDriver(
      Commands commands, Path stateDir, QemuSettings settings, ProbeGuest guest, Clock clock) {
    this(commands, stateDir, settings, guest, clock, new VhostVsock(settings.vsockDevice()));
  }

  QemuDriver(
      Commands commands,
      Path stateDir,
      QemuSettings settings,
      ProbeGuest guest,
      Clock clock,
      VhostVsock vsock) {
    this.installation = new QemuInstallation(commands, settings.binary());
    this.probe =
        new KvmProbe(
            new QemuProbe(guest),
            new ProbeCache(stateDir.resolve("kvm-probe.json"), clock),
            settings.kvmDevice(),
            settings.probeDeadline(),
            clock);
    this.acceleration = new Acceleration(settings, probe);
    this.processes = new QemuProcesses(new ProcessTable());
    this.vsock = vsock;
    this.launcher = new QemuLauncher(new DetachedCommands(commands), processes, clock);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DriverStatus status() {
    Optional<QemuInstallation.Found> qemu = installation.find();
    if (qemu.isEmpty()) {
      return new DriverStatus(
          NAME,
          false,
          "",
          "",
          installation.tool() + " is not installed",
          QemuInstallation.installHint());
    }
    if (!qemu.get().problem().isEmpty()) {
      return new DriverStatus(
          NAME,
          false,
          "",
          qemu.get().version(),
          qemu.get().problem(),
          QemuInstallation.installHint());
    }
    return acceleration.status(qemu.get());
  }

  @Override
  public boolean forgetVerdict() {
    return probe.forget();
  }

  @Override
  public void prepare(LaunchPlan plan, Duration deadline, Progress progress) {
    readable("kernel", plan.kernel());
    try {
      acceleration.prepare(installation.require(), plan.kernel(), deadline, progress);
    } catch (InterruptedException e) {
      throw interrupted("probing KVM for VM " + plan.paths().id());
    }
  }

  @Override
  public VmHandles launch(LaunchPlan plan, Duration deadline) {
    Deadline end = Deadline.in(deadline);
    VmPaths paths = plan.paths();
    QemuInstallation.Found qemu = installation.require();
    readable("kernel", plan.kernel());
    readable("initrd", plan.initrd());
    plan.disks().forEach(disk -> readableDisk("disk " + disk.id(), disk.file()));
    processes
        .search(paths)
        .ifPresent(
            running -> {
              throw new BangerException(
                  ErrorKind.CONFLICT,
                  "the VMM of VM %s is already running (pid %d)"
                      .formatted(paths.id(), running.pid()));
            });
    try {
      Accelerator accelerator = acceleration.choose(qemu, plan.kernel(), end.left());
      forget(paths.id());
      QemuLife life =
          launch(plan, agent -> QemuCommandLine.of(plan, qemu.binary(), accelerator, agent), end);
      lives.put(paths.id(), life);
      return life.handles();
    } catch (InterruptedException e) {
      throw interrupted("starting VM " + paths.id());
    }
  }

  /**
   * With a vsock where there are any; their addresses are the whole host's, so one may be taken.
   */
  private QemuLife launch(LaunchPlan plan, Function<AgentLine, List<String>> argv, Deadline end)
      throws InterruptedException {
    boolean tried = vsock.usable();
    for (int i = 0; tried && i < GuestCid.TRIES; i++) {
      try {
        AgentLine line = new AgentLine.Vsock(GuestCid.of(plan.paths().id(), i));
        return launcher.launch(plan, argv.apply(line), end);
      } catch (BangerException e) {
        switch (VhostVsock.outcome(e)) {
          case ADDRESS_TAKEN -> LOG.info("VM {}: {}", plan.paths().id(), e.getMessage());
          case UNUSABLE -> {
            LOG.warn("VM {} gets a virtio-serial port: {}", plan.paths().id(), e.getMessage());
            tried = false;
          }
          case OTHER -> throw e;
        }
      }
    }
    return launcher.launch(plan, argv.apply(new AgentLine.Serial()), end);
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
        .map(QemuLife::exit)
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    new VmmExit(false, "the VMM was already gone when it was looked for")));
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(EnumSet.allOf(LaunchPlan.Disk.Format.class), true);
  }

  @Override
  public String agentLink() {
    return vsock.usable() ? "vsock" : "";
  }

  @Override
  public SocketChannel openAgent(VmPaths paths, VmHandles handles, Duration deadline)
      throws IOException, InterruptedException {
    OptionalLong cid = processes.cid(paths, handles);
    if (cid.isPresent()) {
      return VsockBridge.connect(
          cid.getAsLong(), Protocol.VSOCK_PORT, paths.agentSocket(), deadline);
    }
    return SocketChannel.open(UnixDomainSocketAddress.of(paths.agentSocket()));
  }

  @Override
  public void powerButton(VmPaths paths, VmHandles handles, Duration deadline) {
    if (!processes.isAlive(handles)) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE, "the VMM of VM %s is not running".formatted(paths.id()));
    }
    Optional<QemuLife> life = life(paths, handles);
    try {
      if (life.isPresent()) {
        life.get().monitor().execute("system_powerdown", Map.of(), deadline);
      }
    } catch (QmpException e) {
      throw new BangerException(
          e.reason() == QmpException.Reason.TIMEOUT ? ErrorKind.TIMEOUT : ErrorKind.HOST,
          "the VMM of VM %s did not take the power button: %s"
              .formatted(paths.id(), e.getMessage()),
          "",
          List.of(),
          e);
    } catch (InterruptedException e) {
      throw interrupted("pressing the power button of VM " + paths.id());
    }
  }

  @Override
  public void pause(VmPaths paths, VmHandles handles, Duration deadline) {
    Object ignored = ask(paths, handles, "stop", "pause", deadline);
  }

  @Override
  public void resume(VmPaths paths, VmHandles handles, Duration deadline) {
    Object ignored = ask(paths, handles, "cont", "let go on", deadline);
  }

  @Override
  public boolean isPaused(VmPaths paths, VmHandles handles, Duration deadline) {
    try {
      return PlainJson.text(ask(paths, handles, "query-status", "look at", deadline), "status")
          .equals("paused");
    } catch (BangerException e) {
      return false; // it does not answer, which is another thing
    }
  }

  @Override
  public Optional<Counters> counters(VmPaths paths, VmHandles handles) {
    try {
      return Optional.of(
          BlockStats.sum(ask(paths, handles, "query-blockstats", "count for", COUNTERS)));
    } catch (BangerException e) {
      LOG.debug("no counters of VM {}", paths.id(), e);
      return Optional.empty();
    }
  }

  private Object ask(
      VmPaths paths, VmHandles handles, String command, String what, Duration deadline) {
    QemuLife life =
        life(paths, handles)
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.ILLEGAL_STATE,
                        "the VMM of VM %s is not running".formatted(paths.id())));
    try {
      return life.monitor().execute(command, Map.of(), deadline);
    } catch (QmpException e) {
      throw new BangerException(
          e.reason() == QmpException.Reason.TIMEOUT ? ErrorKind.TIMEOUT : ErrorKind.HOST,
          "QEMU did not %s VM %s: %s".formatted(what, paths.id(), e.getMessage()),
          "",
          List.of(),
          e);
    } catch (InterruptedException e) {
      throw interrupted(what + " VM " + paths.id());
    }
  }

  @Override
  public void kill(VmPaths paths, VmHandles handles, Duration deadline) {
    Deadline end = Deadline.in(deadline);
    Optional<ProcessTable.Entry> process = processes.find(paths, handles);
    if (process.isEmpty()) {
      return;
    }
    try {
      // Asking first lets QEMU write what it holds of the disks' tables; a stopped one cannot.
      if (!process.get().stopped() && quit(paths, handles, end)) {
        return;
      }
      life(paths, handles).ifPresent(QemuLife::killedByUs);
      processes.find(paths, handles).ifPresent(processes::kill);
      if (!processes.awaitGone(handles, end.left())) {
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

  private boolean quit(VmPaths paths, VmHandles handles, Deadline end) throws InterruptedException {
    Optional<QemuLife> life = life(paths, handles);
    if (life.isEmpty()) {
      return true;
    }
    try {
      life.get().monitor().execute("quit", Map.of(), half(end.atMost(QUIT_ANSWER)));
    } catch (QmpException e) {
      if (e.reason() != QmpException.Reason.CLOSED) {
        return false;
      }
      // It may have ended before it answered.
    }
    // It took the request and now writes its disks' last blocks: half of what is left is its own.
    return processes.awaitGone(handles, half(end.left()));
  }

  private static Duration half(Duration duration) {
    return duration.dividedBy(2);
  }

  @Override
  public void removeLeftovers(VmPaths paths) {
    processes
        .search(paths)
        .ifPresent(
            running -> {
              throw new BangerException(
                  ErrorKind.ILLEGAL_STATE,
                  "the VMM of VM %s is still running (pid %d)"
                      .formatted(paths.id(), running.pid()));
            });
    forget(paths.id());
    launcher.removeFiles(paths);
  }

  /** Closes the control connections, stops watching and probing. The VMs go on. */
  @Override
  public void close() {
    probe.close();
    lives.keySet().forEach(this::forget);
  }

  /** The life that the handles speak of, adopted if need be; empty when it is over and unknown. */
  private Optional<QemuLife> life(VmPaths paths, VmHandles handles) {
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
    QemuLife life = lives.remove(id);
    if (life != null) {
      life.close();
    }
  }

  private static void readable(String what, Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new BangerException(
          ErrorKind.HOST,
          "%s: %s %s"
              .formatted(
                  what, file, Files.exists(file) ? "is not a readable file" : "does not exist"));
    }
  }

  /** A root disk may be a device. */
  private static void readableDisk(String what, Path file) {
    if (!QemuCommandLine.isDevice(file) || !Files.isReadable(file) || Files.isDirectory(file)) {
      readable(what, file);
    }
  }

  private static BangerException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new BangerException(ErrorKind.HOST, what + " was interrupted");
  }

  /** An I/O failure of the host, in words. */
  static BangerException host(String what, IOException cause) {
    return new BangerException(
        ErrorKind.HOST, what + ": " + cause.getMessage(), "", List.of(), cause);
  }
}
