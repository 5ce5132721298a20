package dev.banger.plugin.idle;

import dev.banger.api.CapabilityHost;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A host on which something happens right before a VM is stopped. */
final class Meanwhile {
  private Meanwhile() {}

  static CapabilityHost around(CapabilityHost host, Runnable event) {
    return (CapabilityHost)
        Proxy.newProxyInstance(
            Meanwhile.class.getClassLoader(),
            new Class<?>[] {CapabilityHost.class},
            (_, method, arguments) -> {
              if (method.getName().startsWith("stop")) {
                event.run();
              }
              try {
                return method.invoke(host, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
