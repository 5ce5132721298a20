package dev.banger.testkit;

import dev.banger.api.CapabilityHost;
import dev.banger.api.Permission;
import dev.banger.api.ToolCall;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Notes what a plugin asks of the host, before the guard refuses it: a plugin may swallow the
 * refusal.
 */
final class PermissionWatch {
  private final Set<Permission> asked = Collections.synchronizedSet(new TreeSet<>());

  /** Every permission that a call made so far needs. */
  Set<Permission> asked() {
    synchronized (asked) {
      return new TreeSet<>(asked);
    }
  }

  CapabilityHost around(CapabilityHost host) {
    return (CapabilityHost)
        Proxy.newProxyInstance(
            CapabilityHost.class.getClassLoader(),
            new Class<?>[] {CapabilityHost.class},
            (_, method, arguments) -> {
              needed(method, arguments).ifPresent(asked::add);
              try {
                return method.invoke(host, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** As {@link CapabilityHost} has it. */
  static Optional<Permission> needed(Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "resolve", "vms", "isAlive" -> Optional.of(Permission.VM_READ);
      case "withVmLock" -> Optional.of(Permission.VM_LOCK);
      case "exec", "awaitGuest" -> Optional.of(Permission.GUEST_EXEC);
      case "putTar", "getTar", "stat" -> Optional.of(Permission.GUEST_FILES);
      case "dial" -> Optional.of(Permission.GUEST_DIAL);
      case "listeners", "watchListeners" -> Optional.of(Permission.GUEST_PORTS);
      case "image" -> Optional.of(Permission.IMAGE_READ);
      case "run" -> Optional.of(Permission.hostTool(((ToolCall) arguments[0]).tool()));
      case "find" -> Optional.of(Permission.hostTool((String) arguments[0]));
      default -> Optional.empty();
    };
  }
}
