package dev.banger.core.plugins;

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
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.hooks.Lines;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The host as plugins see it, in terms of the core. Stands behind a {@link
 * dev.banger.hooks.GuardedHost}, which has checked permission, lease and deadline already.
 */
final class CoreHost implements CapabilityHost {
  /** How long a watch waits for an agent that does not answer. */
  private static final Duration WATCH_CONNECT = Duration.ofSeconds(30);

  private final String pluginId;
  private final PluginPorts ports;
  private final HostToolRunner tools;
  private final LockTable locks;

  /**
   * @param locks the plugin's own
   */
  CoreHost(String pluginId, PluginPorts ports, HostToolRunner tools, LockTable locks) {
    this.pluginId = pluginId;
    this.ports = ports;
    this.tools = tools;
    this.locks = locks;
  }

  @Override
  public VmView resolve(String ref) {
    return translated(() -> view(ports.resolve(ref)));
  }

  @Override
  public List<VmView> vms() {
    return translated(() -> ports.vms().stream().map(this::view).toList());
  }

  private VmView view(VmRecord vm) {
    return VmViews.of(vm, ports.network(vm));
  }

  @Override
  public boolean isAlive(VmView vm) {
    return ports.isAlive(id(vm));
  }

  @Override
  public VmUsage usage(VmView vm, Duration window) throws InterruptedException {
    return translated(() -> ports.usage(id(vm), window));
  }

  @Override
  public void stop(VmView vm, String reason) {
    translated(
        () -> {
          ports.stop(id(vm), pluginId + ": " + Lines.of(reason));
          return null;
        });
  }

  @Override
  public boolean stopUnused(VmView vm, Duration unused, String reason) throws InterruptedException {
    return translated(() -> ports.stopUnused(id(vm), unused, pluginId + ": " + Lines.of(reason)));
  }

  @Override
  public <T> T withVmLock(VmView vm, Duration deadline, LockedBody<T> body) throws Exception {
    return translated(() -> ports.withVmLock(id(vm), deadline, body::run));
  }

  @Override
  public <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception {
    return locks.with(key, deadline, body);
  }

  @Override
  public GuestResult exec(VmView vm, GuestCommand command) throws InterruptedException {
    return translated(
        () -> GuestCalls.exec(guest(vm, command.deadline()), command, command.deadline()));
  }

  @Override
  public void putTar(VmView vm, String directory, TarSource tar, Duration deadline)
      throws Exception {
    String target = guestPath(directory);
    translated(
        () -> {
          GuestCalls.putTar(guest(vm, deadline), target, tar, deadline);
          return null;
        });
  }

  @Override
  public void getTar(VmView vm, String path, TarSink tar, Duration deadline) throws Exception {
    String source = guestPath(path);
    translated(
        () -> {
          GuestCalls.getTar(guest(vm, deadline), source, tar, deadline);
          return null;
        });
  }

  @Override
  public GuestPath stat(VmView vm, String path, Duration deadline) throws InterruptedException {
    String target = guestPath(path);
    return translated(() -> GuestCalls.stat(guest(vm, deadline), target, deadline));
  }

  @Override
  public GuestStream dial(VmView vm, int port, Duration deadline) throws InterruptedException {
    if (port < 1 || port > 65_535) {
      throw new CapabilityException(FailureKind.INVALID, "a port is 1 to 65535, not " + port);
    }
    return translated(() -> new Dialled(guest(vm, deadline).dial(port, deadline)));
  }

  @Override
  public List<GuestListener> listeners(VmView vm, Duration deadline) throws InterruptedException {
    return translated(() -> GuestCalls.listeners(guest(vm, deadline).listeners(deadline)));
  }

  @Override
  public void watchListeners(VmView vm, Watcher watcher) throws InterruptedException {
    translated(
        () -> {
          GuestLink link = guest(vm, WATCH_CONNECT);
          try {
            link.watchListeners(now -> watcher.changed(GuestCalls.listeners(now)));
          } catch (BangerException e) {
            if (link.isOpen()) {
              throw e;
            }
          }
          return null;
        });
  }

  private record Dialled(GuestLink.Connection connection) implements GuestStream {
    @Override
    public InputStream in() {
      return connection.in();
    }

    @Override
    public OutputStream out() {
      return connection.out();
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  @Override
  public void awaitGuest(VmView vm, Duration deadline) throws InterruptedException {
    translated(() -> guest(vm, deadline));
  }

  @Override
  public GuestJob startJob(VmView vm, GuestJobSpec spec, Duration deadline)
      throws InterruptedException {
    return translated(() -> new JobCalls(guest(vm, deadline).jobs()).start(spec, deadline));
  }

  @Override
  public List<GuestJob> jobs(VmView vm, Duration deadline) throws InterruptedException {
    return translated(() -> new JobCalls(guest(vm, deadline).jobs()).list(deadline));
  }

  @Override
  public GuestJob job(VmView vm, String id, Duration deadline) throws InterruptedException {
    return translated(() -> new JobCalls(guest(vm, deadline).jobs()).show(id, deadline));
  }

  @Override
  public JobConnection connect(VmView vm, String id, JobView view, Duration deadline)
      throws InterruptedException {
    return translated(() -> new JobCalls(guest(vm, deadline).jobs()).connect(id, view, deadline));
  }

  @Override
  public void signal(VmView vm, String id, int signal, Duration deadline)
      throws InterruptedException {
    translated(
        () -> {
          new JobCalls(guest(vm, deadline).jobs()).signal(id, signal, deadline);
          return null;
        });
  }

  @Override
  public void forget(VmView vm, String id, Duration deadline) throws InterruptedException {
    translated(
        () -> {
          new JobCalls(guest(vm, deadline).jobs()).forget(id, deadline);
          return null;
        });
  }

  @Override
  public ImageView image(String name) {
    return translated(() -> ImageSnapshot.of(ports.image(name)));
  }

  @Override
  public ToolResult run(ToolCall call) throws InterruptedException {
    return translated(() -> tools.run(call, call.deadline()));
  }

  @Override
  public Optional<Path> find(String tool) {
    return tools.find(tool);
  }

  private GuestLink guest(VmView vm, Duration deadline) throws InterruptedException {
    return ports.guest(id(vm), deadline);
  }

  private static VmId id(VmView vm) {
    if (!VmId.isValid(vm.id())) {
      throw new CapabilityException(FailureKind.INVALID, "not a VM id: " + vm.id());
    }
    return new VmId(vm.id());
  }

  private static String guestPath(String path) {
    if (!GuestPaths.isClean(path)) {
      throw new CapabilityException(
          FailureKind.INVALID, "not an absolute path in a guest: \"" + path + "\"");
    }
    return path;
  }

  /** Work for the plugin; its own exceptions pass through it untouched. */
  @FunctionalInterface
  private interface Work<T, X extends Exception> {
    T run() throws X;
  }

  private static <T, X extends Exception> T translated(Work<T, X> work) throws X {
    try {
      return work.run();
    } catch (BangerException e) {
      throw Failures.toPlugin(e);
    }
  }
}
