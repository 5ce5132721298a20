package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Whether {@code NAME.vm} leads any program of this host to the VM. */
final class NameLookup {
  static final String TOOL = "getent";

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final int MOST = 4096;

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(boolean isRight, long at) {}

  /** By what to call the VM where it has this address: its name if that leads there. */
  String of(CapabilityHost host, VmView vm) throws InterruptedException {
    String name = vm.name() + ".vm";
    String address = vm.network().address();
    String key = name + " " + address;
    Known before = known.get(key);
    if (before == null || System.nanoTime() - before.at() > KEPT.toNanos()) {
      if (known.size() >= MOST) {
        known.clear();
      }
      before = new Known(leads(host, name, address), System.nanoTime());
      known.put(key, before);
    }
    return before.isRight() ? name : address;
  }

  private static boolean leads(CapabilityHost host, String name, String address)
      throws InterruptedException {
    try {
      ToolResult result = host.run(ToolCall.of(PATIENCE, TOOL, "ahostsv4", name));
      return result.ok()
          && result.stdout().lines().findFirst().orElse("").split("\\s+")[0].equals(address);
    } catch (CapabilityException e) {
      return false;
    }
  }
}
