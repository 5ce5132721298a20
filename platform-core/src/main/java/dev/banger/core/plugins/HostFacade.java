package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.Permission;
import dev.banger.api.TarSource;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The host as one plugin sees it during one call: every method checks the lease and the permission
 * first, and never takes longer than what is left of the call.
 */
final class HostFacade implements CapabilityHost {
  private final Services services;
  private final String pluginId;
  private final Set<Permission> permissions;
  private final LockTable locks;
  private final Lease lease;

  /** What all plugins share. */
  record Services(PluginPorts ports, HostToolRunner tools) {}

  HostFacade(
      Services services,
      String pluginId,
      Set<Permission> permissions,
      LockTable locks,
      Lease lease) {
    this.services = services;
    this.pluginId = pluginId;
    this.permissions = permissions;
    this.locks = locks;
    this.lease = lease;
  }

  @Override
  public VmView resolve(String ref) {
    admit(Permission.VM_READ);
    return translated(() -> VmSnapshot.of(services.ports().resolve(ref)));
  }

  @Override
  public GuestResult exec(VmView vm, GuestCommand command) throws InterruptedException {
    admit(Permission.GUEST_EXEC);
    return translated(() -> GuestCalls.exec(guest(vm), command, lease.atMost(command.deadline())));
  }

  @Override
  public void putTar(VmView vm, String directory, TarSource tar, Duration deadline)
      throws Exception {
    admit(Permission.GUEST_FILES);
    String target = guestPath(directory);
    translated(
        () -> {
          GuestCalls.putTar(guest(vm), target, tar, lease.atMost(deadline));
          return null;
        });
  }

  @Override
  public GuestPath stat(VmView vm, String path, Duration deadline) throws InterruptedException {
    admit(Permission.GUEST_FILES);
    String target = guestPath(path);
    return translated(() -> GuestCalls.stat(guest(vm), target, lease.atMost(deadline)));
  }

  @Override
  public ToolResult run(ToolCall call) throws InterruptedException {
    admit(Permission.hostTool(call.tool()));
    return translated(() -> services.tools().run(call, lease.atMost(call.deadline())));
  }

  @Override
  public Optional<Path> find(String tool) {
    admit(Permission.hostTool(tool));
    return services.tools().find(tool);
  }

  @Override
  public <T> T withLock(String key, Duration deadline, LockedBody<T> body) throws Exception {
    lease.check();
    return locks.with(key, lease.atMost(deadline), body);
  }

  private void admit(Permission permission) {
    lease.check();
    if (!permissions.contains(permission)) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "plugin %s did not declare that it needs %s".formatted(pluginId, permission),
          "declare it in register with needs(...)");
    }
  }

  private GuestLink guest(VmView vm) {
    if (!VmId.isValid(vm.id())) {
      throw new CapabilityException(FailureKind.INVALID, "not a VM id: " + vm.id());
    }
    return services.ports().guest(new VmId(vm.id()));
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
