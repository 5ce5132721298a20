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
import dev.banger.api.TarSink;
import dev.banger.api.TarSource;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmUsage;
import dev.banger.api.VmView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The host of a {@link World}, behind the guard. A view of a VM is as old as the operation it was
 * made for, so what counts is the VM's state now. A call that can wait can be made to hang.
 */
final class WorldHost implements CapabilityHost {
  private final FakeCapabilityHost host;
  private final World world;
  private final Set<String> booted = ConcurrentHashMap.newKeySet();
  private volatile Hang hang = Hang.NEVER;

  WorldHost(FakeCapabilityHost host, World world) {
    this.host = host;
    this.world = world;
  }

  void hang(Hang how) {
    hang = how;
  }

  /** The VMM runs from now on, or no longer does. */
  void vmm(VmView vm, boolean runs) {
    if (runs) {
      booted.add(vm.id());
    } else {
      booted.remove(vm.id());
    }
  }

  private VmView now(VmView vm) {
    FakeVm now = world.now(vm);
    if (now == null) {
      throw new CapabilityException(FailureKind.NOT_FOUND, "no VM \"" + vm.name() + "\"");
    }
    return now;
  }

  @Override
  public VmView resolve(String ref) {
    return host.resolve(ref);
  }

  @Override
  public List<VmView> vms() {
    return host.vms();
  }

  @Override
  public boolean isAlive(VmView vm) {
    return world.now(vm) != null && booted.contains(vm.id());
  }

  @Override
  public VmUsage usage(VmView vm, Duration window) {
    return host.usage(now(vm), window);
  }

  @Override
  public void stop(VmView vm, String reason) {
    host.stop(now(vm), reason);
  }

  @Override
  public boolean stopUnused(VmView vm, Duration unused, String reason) {
    return host.stopUnused(now(vm), unused, reason);
  }

  @Override
  public <T> T withVmLock(VmView vm, Duration deadline, LockedBody<T> body) throws Exception {
    return host.withVmLock(now(vm), deadline, body);
  }

  @Override
  public <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception {
    return host.withLock(key, deadline, body);
  }

  @Override
  public ImageView image(String name) {
    return host.image(name);
  }

  @Override
  public GuestResult exec(VmView vm, GuestCommand command) throws InterruptedException {
    hang.pass();
    return host.exec(now(vm), command);
  }

  @Override
  public void putTar(VmView vm, String directory, TarSource tar, Duration deadline)
      throws Exception {
    hang.pass();
    host.putTar(now(vm), directory, tar, deadline);
  }

  @Override
  public void getTar(VmView vm, String path, TarSink tar, Duration deadline) throws Exception {
    hang.pass();
    host.getTar(now(vm), path, tar, deadline);
  }

  @Override
  public GuestPath stat(VmView vm, String path, Duration deadline) throws InterruptedException {
    hang.pass();
    return host.stat(now(vm), path, deadline);
  }

  @Override
  public GuestStream dial(VmView vm, int port, Duration deadline) throws InterruptedException {
    hang.pass();
    return host.dial(now(vm), port, deadline);
  }

  @Override
  public List<GuestListener> listeners(VmView vm, Duration deadline) throws InterruptedException {
    hang.pass();
    return host.listeners(now(vm), deadline);
  }

  @Override
  public void watchListeners(VmView vm, Watcher watcher) throws InterruptedException {
    hang.pass();
    host.watchListeners(now(vm), watcher);
  }

  @Override
  public void awaitGuest(VmView vm, Duration deadline) throws InterruptedException {
    hang.pass();
    host.awaitGuest(now(vm), deadline);
  }

  @Override
  public GuestJob startJob(VmView vm, GuestJobSpec spec, Duration deadline)
      throws InterruptedException {
    hang.pass();
    return host.startJob(now(vm), spec, deadline);
  }

  @Override
  public List<GuestJob> jobs(VmView vm, Duration deadline) throws InterruptedException {
    hang.pass();
    return host.jobs(now(vm), deadline);
  }

  @Override
  public GuestJob job(VmView vm, String id, Duration deadline) throws InterruptedException {
    hang.pass();
    return host.job(now(vm), id, deadline);
  }

  @Override
  public JobConnection connect(VmView vm, String id, JobView view, Duration deadline)
      throws InterruptedException {
    hang.pass();
    return host.connect(now(vm), id, view, deadline);
  }

  @Override
  public void signal(VmView vm, String id, int signal, Duration deadline)
      throws InterruptedException {
    hang.pass();
    host.signal(now(vm), id, signal, deadline);
  }

  @Override
  public void forget(VmView vm, String id, Duration deadline) throws InterruptedException {
    hang.pass();
    host.forget(now(vm), id, deadline);
  }

  @Override
  public ToolResult run(ToolCall call) throws InterruptedException {
    hang.pass();
    return host.run(call);
  }

  @Override
  public Optional<Path> find(String tool) {
    return host.find(tool);
  }
}
