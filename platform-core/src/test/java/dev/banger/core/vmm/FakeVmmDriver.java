package dev.banger.core.vmm;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A driver without machines, which does as it is told: fails, hangs or loses a VM at any call.
 *
 * <p>A daemon restart is a second driver over the same {@link Host}. Launching writes the pid file,
 * the two sockets (as plain files) and a console line, so that leftovers can be seen.
 */
public final class FakeVmmDriver implements VmmDriver {
  /** The calls that can be told to misbehave. */
  public enum Call {
    STATUS,
    LAUNCH,
    OBSERVE,
    TRACES,
    ON_EXIT,
    POWER_BUTTON,
    KILL,
    PAUSE,
    RESUME,
    IS_PAUSED,
    REMOVE_LEFTOVERS
  }

  /** What survives a daemon: the VMM processes. */
  public static final class Host {
    private final Map<VmId, Vmm> processes = new ConcurrentHashMap<>();
    private final Set<VmId> paused = ConcurrentHashMap.newKeySet();
    private final AtomicLong pids = new AtomicLong(4_000_000);
    private volatile Path agent;

    /** VMs whose VMM is alive. */
    public List<VmId> alive() {
      return processes.keySet().stream().sorted().toList();
    }
  }

  /** What a scripted call does first; its deadline is null where the port knows none. */
  private interface Action {
    void run(Duration deadline);
  }

  private record Vmm(
      LaunchPlan plan, VmHandles handles, CompletableFuture<VmmExit> exit, boolean wedged) {}

  /** One call being held. */
  public static final class Hang {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Waits until the call has arrived. */
    public void awaitEntered() throws InterruptedException {
      if (!entered.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the call to be held never came");
      }
    }

    public void release() {
      released.countDown();
    }
  }

  private final String name;
  private final Host host;
  private final Map<Call, ArrayDeque<Action>> scripted = new EnumMap<>(Call.class);
  private final Map<Call, RuntimeException> always = new EnumMap<>(Call.class);
  private final List<String> calls = new ArrayList<>();
  private volatile boolean powerButtonWorks = true;
  private volatile DriverStatus status;
  private volatile String preparing = "";

  public FakeVmmDriver() {
    this("fake", new Host());
  }

  public FakeVmmDriver(String name, Host host) {
    this.name = name;
    this.host = host;
    this.status = new DriverStatus(name, true, "tcg", "1.0", "", "");
  }

  /** From now on each preparation of a launch reports this stage. */
  public void prepareWith(String stage) {
    preparing = stage;
  }

  @Override
  public void prepare(LaunchPlan plan, Duration deadline, Progress progress) {
    if (!preparing.isEmpty()) {
      progress.stage(preparing, "started", "");
      progress.stage(preparing, "done", "");
    }
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(EnumSet.allOf(LaunchPlan.Disk.Format.class), true);
  }

  /** Who answers for the agents of all its VMs; until then nobody does. */
  public void agentBehind(Path socket) {
    host.agent = socket;
  }

  @Override
  public SocketChannel openAgent(VmPaths paths, VmHandles handles, Duration deadline)
      throws IOException {
    Vmm process = host.processes.get(paths.id());
    Path agent = host.agent;
    if (process == null || !process.handles().equals(handles) || agent == null) {
      throw new IOException("nobody is there");
    }
    return SocketChannel.open(UnixDomainSocketAddress.of(agent));
  }

  public Host host() {
    return host;
  }

  /** The next such call fails; a launch fails before anything runs. */
  public void failNext(Call call, RuntimeException failure) {
    script(
        call,
        _ -> {
          throw failure;
        });
  }

  /** Every such call fails until {@link #heal}. */
  public void failAlways(Call call, RuntimeException failure) {
    synchronized (scripted) {
      always.put(call, failure);
    }
  }

  public void heal(Call call) {
    synchronized (scripted) {
      always.remove(call);
      scripted.remove(call);
    }
  }

  /**
   * The next such call blocks until released, then goes on as usual. Where the call has a deadline
   * it ends with TIMEOUT when that passes first, as the port demands.
   */
  public Hang hangNext(Call call) {
    Hang hang = new Hang();
    script(call, deadline -> hold(call, hang, deadline));
    return hang;
  }

  /** Something to do in the middle of the next such call, for example let another VM die. */
  public void runNext(Call call, Runnable action) {
    script(call, _ -> action.run());
  }

  public void setStatus(DriverStatus next) {
    status = next;
  }

  /** Whether a guest powers off when its button is pressed; it does unless told otherwise. */
  public void powerButtonWorks(boolean works) {
    powerButtonWorks = works;
  }

  /** The VMM of this VM is gone, for example by a crash. Does nothing when it was not there. */
  public void exit(VmId id, VmmExit exit) {
    host.paused.remove(id);
    Vmm process = host.processes.remove(id);
    if (process != null) {
      process.exit().complete(exit);
    }
  }

  /** A VMM that no signal ends: {@code kill} runs into its deadline. */
  public void wedge(VmId id) {
    host.processes.computeIfPresent(id, (_, p) -> new Vmm(p.plan(), p.handles(), p.exit(), true));
  }

  /** The plan of a running VM. */
  public Optional<LaunchPlan> planOf(VmId id) {
    return Optional.ofNullable(host.processes.get(id)).map(Vmm::plan);
  }

  /** All calls so far, each like {@code launch 0123456789ab}. */
  public List<String> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DriverStatus status() {
    begin(Call.STATUS, "status", null);
    return status;
  }

  @Override
  public VmHandles launch(LaunchPlan plan, Duration deadline) {
    VmPaths paths = plan.paths();
    begin(Call.LAUNCH, "launch " + paths.id(), deadline);
    long pid = host.pids.incrementAndGet();
    VmHandles handles = new VmHandles(pid, pid * 7, "fake-host-boot", name, status.accel());
    Vmm process = new Vmm(plan, handles, new CompletableFuture<>(), false);
    if (host.processes.putIfAbsent(paths.id(), process) != null) {
      throw new BangerException(
          ErrorKind.CONFLICT, "a VMM of VM " + paths.id() + " is already running");
    }
    try {
      Files.createDirectories(paths.runDir());
      Files.createDirectories(paths.dir());
      Files.deleteIfExists(paths.controlSocket());
      Files.deleteIfExists(paths.agentSocket());
      Files.writeString(paths.pidFile(), pid + "\n");
      Files.writeString(paths.controlSocket(), "");
      Files.writeString(paths.agentSocket(), "");
      Files.writeString(paths.console(), "fake guest of " + plan.name() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return handles;
  }

  @Override
  public Optional<VmHandles> observe(VmPaths paths, Optional<VmHandles> hint) {
    begin(Call.OBSERVE, "observe " + paths.id(), null);
    return Optional.ofNullable(host.processes.get(paths.id())).map(Vmm::handles);
  }

  @Override
  public Set<VmId> traces(List<VmPaths> vms) {
    begin(Call.TRACES, "traces", null);
    return Set.copyOf(host.processes.keySet());
  }

  @Override
  public CompletableFuture<VmmExit> onExit(VmPaths paths, VmHandles handles) {
    begin(Call.ON_EXIT, "onExit " + paths.id(), null);
    Vmm process = host.processes.get(paths.id());
    return process != null && process.handles().equals(handles)
        ? process.exit().copy()
        : CompletableFuture.completedFuture(new VmmExit(false, "the VMM was already gone"));
  }

  @Override
  public void powerButton(VmPaths paths, VmHandles handles, Duration deadline) {
    begin(Call.POWER_BUTTON, "powerButton " + paths.id(), deadline);
    if (!host.processes.containsKey(paths.id())) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE, "the VMM of VM " + paths.id() + " is not running");
    }
    if (powerButtonWorks) {
      exit(paths.id(), new VmmExit(true, "the guest powered off"));
    }
  }

  @Override
  public void kill(VmPaths paths, VmHandles handles, Duration deadline) {
    begin(Call.KILL, "kill " + paths.id(), deadline);
    Vmm process = host.processes.get(paths.id());
    if (process == null || !process.handles().equals(handles)) {
      return;
    }
    if (process.wedged()) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "VMM %d of VM %s is still there %d s after it was killed"
              .formatted(handles.pid(), paths.id(), deadline.toSeconds()));
    }
    exit(paths.id(), new VmmExit(true, "killed by signal 9"));
  }

  @Override
  public void pause(VmPaths paths, VmHandles handles, Duration deadline) {
    begin(Call.PAUSE, "pause " + paths.id(), deadline);
    host.paused.add(paths.id());
  }

  @Override
  public void resume(VmPaths paths, VmHandles handles, Duration deadline) {
    begin(Call.RESUME, "resume " + paths.id(), deadline);
    host.paused.remove(paths.id());
  }

  @Override
  public boolean isPaused(VmPaths paths, VmHandles handles, Duration deadline) {
    begin(Call.IS_PAUSED, "isPaused " + paths.id(), deadline);
    return host.paused.contains(paths.id());
  }

  @Override
  public void removeLeftovers(VmPaths paths) {
    begin(Call.REMOVE_LEFTOVERS, "removeLeftovers " + paths.id(), null);
    if (host.processes.containsKey(paths.id())) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE, "the VMM of VM " + paths.id() + " is still running");
    }
    try {
      for (Path file : List.of(paths.pidFile(), paths.controlSocket(), paths.agentSocket())) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void begin(Call call, String text, Duration deadline) {
    synchronized (calls) {
      calls.add(text);
    }
    Action action;
    synchronized (scripted) {
      RuntimeException failure = always.get(call);
      if (failure != null) {
        throw failure;
      }
      ArrayDeque<Action> queue = scripted.get(call);
      action = queue == null ? null : queue.poll();
    }
    if (action != null) {
      action.run(deadline);
    }
  }

  private void script(Call call, Action action) {
    synchronized (scripted) {
      scripted.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(action);
    }
  }

  private static void hold(Call call, Hang hang, Duration deadline) {
    hang.entered.countDown();
    try {
      if (deadline == null) {
        hang.released.await();
      } else if (!hang.released.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new BangerException(
            ErrorKind.TIMEOUT, "%s did not finish within %s".formatted(call, deadline));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(ErrorKind.HOST, call + " was interrupted");
    }
  }
}
