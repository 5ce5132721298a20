package dev.banger.hooks;

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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one proxy between a plugin and the host, made for one call into the plugin: checks the lease
 * and the permission first, keeps every call within what is left of the lease, keeps the order of
 * locks, and lets {@link HostCalls} see it.
 */
public final class GuardedHost implements CapabilityHost {
  private static final ScopedValue<String> INSIDE_KEY = ScopedValue.newInstance();
  private static final ScopedValue<String> INSIDE_VM = ScopedValue.newInstance();

  private final CapabilityHost host;
  private final String pluginId;
  private final Set<Permission> permissions;
  private final Lease lease;
  private final HostCalls calls;

  /**
   * @param host does the work and need not check anything of the above
   */
  public GuardedHost(
      CapabilityHost host,
      String pluginId,
      Set<Permission> permissions,
      Lease lease,
      HostCalls calls) {
    this.host = host;
    this.pluginId = pluginId;
    this.permissions = Set.copyOf(permissions);
    this.lease = lease;
    this.calls = calls;
  }

  /** A call of the host. */
  @FunctionalInterface
  private interface Work<T, X extends Exception> {
    T run() throws X;
  }

  private <T, X extends Exception> T seen(Permission needed, String call, Work<T, X> work)
      throws X {
    lease.check();
    if (needed != null && !permissions.contains(needed)) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "plugin %s did not declare that it needs %s".formatted(pluginId, needed),
          "its author declares it in register with needs(...)");
    }
    calls.before(pluginId, call);
    long began = System.nanoTime();
    try {
      return work.run();
    } finally {
      calls.after(pluginId, call, System.nanoTime() - began);
    }
  }

  @Override
  public VmView resolve(String ref) {
    return seen(Permission.VM_READ, "resolve " + ref, () -> host.resolve(ref));
  }

  @Override
  public List<VmView> vms() {
    return seen(Permission.VM_READ, "vms", host::vms);
  }

  @Override
  public boolean isAlive(VmView vm) {
    return seen(Permission.VM_READ, "is-alive " + vm.name(), () -> host.isAlive(vm));
  }

  @Override
  public VmUsage usage(VmView vm, Duration window) throws InterruptedException {
    return seen(Permission.VM_READ, "usage " + vm.name(), () -> host.usage(vm, window));
  }

  @Override
  public void stop(VmView vm, String reason) throws InterruptedException {
    seen(
        Permission.VM_STOP,
        "stop " + vm.name(),
        () -> {
          host.stop(vm, reason);
          return null;
        });
  }

  @Override
  public boolean stopUnused(VmView vm, Duration unused, String reason) throws InterruptedException {
    return seen(
        Permission.VM_STOP, "stop-unused " + vm.name(), () -> host.stopUnused(vm, unused, reason));
  }

  @Override
  public <T> T withVmLock(VmView vm, Duration deadline, LockedBody<T> body) throws Exception {
    Optional<String> held = INSIDE_VM.isBound() ? Optional.of(INSIDE_VM.get()) : lease.heldVm();
    if (INSIDE_KEY.isBound()) {
      throw order("vm \"%s\" is asked for inside the lock \"%s\"", vm.name(), INSIDE_KEY.get());
    }
    if (held.isPresent() && !held.get().equals(vm.id())) {
      throw order("vm \"%s\" is asked for while another VM, %s, is held", vm.name(), held.get());
    }
    return seen(
        Permission.VM_LOCK,
        "lock-vm " + vm.name(),
        () ->
            held.isPresent()
                ? body.run()
                : host.withVmLock(
                    vm,
                    lease.atMost(deadline),
                    () -> ScopedValue.where(INSIDE_VM, vm.id()).call(body::run)));
  }

  private static CapabilityException order(String sentence, String wanted, String held) {
    return new CapabilityException(
        FailureKind.ILLEGAL_STATE,
        sentence.formatted(wanted, held),
        "take a VM's lock before a key's, and one VM at a time");
  }

  @Override
  public <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception {
    return seen(
        null,
        "lock " + key,
        () ->
            host.withLock(
                key,
                lease.atMost(deadline),
                () -> ScopedValue.where(INSIDE_KEY, key).call(body::run)));
  }

  @Override
  public GuestResult exec(VmView vm, GuestCommand command) throws InterruptedException {
    GuestCommand bounded = command.within(lease.atMost(command.deadline()));
    return seen(
        Permission.GUEST_EXEC, "exec " + command.argv().getFirst(), () -> host.exec(vm, bounded));
  }

  @Override
  public void putTar(VmView vm, String directory, TarSource tar, Duration deadline)
      throws Exception {
    seen(
        Permission.GUEST_FILES,
        "put-tar " + directory,
        () -> {
          host.putTar(vm, directory, tar, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public void getTar(VmView vm, String path, TarSink tar, Duration deadline) throws Exception {
    seen(
        Permission.GUEST_FILES,
        "get-tar " + path,
        () -> {
          host.getTar(vm, path, tar, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public GuestPath stat(VmView vm, String path, Duration deadline) throws InterruptedException {
    return seen(
        Permission.GUEST_FILES, "stat " + path, () -> host.stat(vm, path, lease.atMost(deadline)));
  }

  @Override
  public GuestStream dial(VmView vm, int port, Duration deadline) throws InterruptedException {
    GuestStream stream =
        seen(
            Permission.GUEST_DIAL,
            "dial " + port,
            () -> host.dial(vm, port, lease.atMost(deadline)));
    return new LeasedStream(stream, lease.onRevoke(stream::close));
  }

  /** Forgotten by the lease once closed: a plugin may open any number in its life. */
  private record LeasedStream(GuestStream stream, Runnable forget) implements GuestStream {
    @Override
    public InputStream in() {
      return stream.in();
    }

    @Override
    public OutputStream out() {
      return stream.out();
    }

    @Override
    public void close() {
      stream.close();
      forget.run();
    }
  }

  @Override
  public List<GuestListener> listeners(VmView vm, Duration deadline) throws InterruptedException {
    return seen(
        Permission.GUEST_PORTS,
        "listeners " + vm.name(),
        () -> host.listeners(vm, lease.atMost(deadline)));
  }

  @Override
  public void watchListeners(VmView vm, Watcher watcher) throws InterruptedException {
    Runnable forget = lease.onRevoke(Thread.currentThread()::interrupt);
    try {
      seen(
          Permission.GUEST_PORTS,
          "watch-listeners " + vm.name(),
          () -> {
            host.watchListeners(vm, watcher);
            return null;
          });
    } finally {
      forget.run();
    }
  }

  @Override
  public void awaitGuest(VmView vm, Duration deadline) throws InterruptedException {
    seen(
        Permission.GUEST_EXEC,
        "await-guest " + vm.name(),
        () -> {
          host.awaitGuest(vm, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public GuestJob startJob(VmView vm, GuestJobSpec spec, Duration deadline)
      throws InterruptedException {
    return seen(
        Permission.GUEST_EXEC,
        "start-job " + spec.id(),
        () -> host.startJob(vm, spec, lease.atMost(deadline)));
  }

  @Override
  public List<GuestJob> jobs(VmView vm, Duration deadline) throws InterruptedException {
    return seen(
        Permission.GUEST_EXEC, "jobs " + vm.name(), () -> host.jobs(vm, lease.atMost(deadline)));
  }

  @Override
  public GuestJob job(VmView vm, String id, Duration deadline) throws InterruptedException {
    return seen(Permission.GUEST_EXEC, "job " + id, () -> host.job(vm, id, lease.atMost(deadline)));
  }

  @Override
  public JobConnection connect(VmView vm, String id, JobView view, Duration deadline)
      throws InterruptedException {
    JobConnection connection =
        seen(
            Permission.GUEST_EXEC,
            "connect-job " + id,
            () -> host.connect(vm, id, view, lease.atMost(deadline)));
    lease.onRevoke(connection::close);
    return connection;
  }

  @Override
  public void signal(VmView vm, String id, int signal, Duration deadline)
      throws InterruptedException {
    seen(
        Permission.GUEST_EXEC,
        "signal-job " + id,
        () -> {
          host.signal(vm, id, signal, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public void forget(VmView vm, String id, Duration deadline) throws InterruptedException {
    seen(
        Permission.GUEST_EXEC,
        "forget-job " + id,
        () -> {
          host.forget(vm, id, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public ImageView image(String name) {
    return seen(Permission.IMAGE_READ, "image " + name, () -> host.image(name));
  }

  @Override
  public ToolResult run(ToolCall call) throws InterruptedException {
    return seen(
        Permission.hostTool(call.tool()),
        "run " + call.tool(),
        () -> host.run(call.within(lease.atMost(call.deadline()))));
  }

  @Override
  public Optional<Path> find(String tool) {
    return seen(Permission.hostTool(tool), "find " + tool, () -> host.find(tool));
  }
}
