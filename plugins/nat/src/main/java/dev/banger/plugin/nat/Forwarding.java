package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import java.util.List;
import java.util.Optional;

/**
 * {@code net.ipv4.ip_forward}: without it the host passes nothing on, whatever rules say. Turned on
 * when a guest needs it, and off again only if it was off before and nobody else can have come to
 * rely on it.
 *
 * @param firewall to see who else does
 */
record Forwarding(PluginContext context, Tool tool, Firewall firewall) {
  private static final String KEY = "forwarding";
  private static final String SETTING = "net.ipv4.ip_forward";

  /**
   * Kept for as long as it is on because of us.
   *
   * @param before what it was
   */
  record TurnedOn(String before) {}

  boolean isOn() throws InterruptedException {
    return tool.output(List.of("sysctl", "-n", SETTING)).strip().equals("1");
  }

  void on() throws InterruptedException {
    if (isOn()) {
      return;
    }
    // Kept first: after a crash in between, it is found to be off still, and this forgotten.
    context.store().put(KEY, new TurnedOn("0"));
    set("1");
    if (!isOn()) {
      throw new CapabilityException(
          FailureKind.UNAVAILABLE,
          SETTING + " cannot be turned on here, so guests cannot reach the outside",
          "as root: sysctl -w " + SETTING + "=1; or create the VM with --no-nat");
    }
  }

  /** Takes back what {@link #on} did. */
  void off() throws InterruptedException {
    Optional<TurnedOn> turned = context.store().get(KEY, TurnedOn.class);
    if (turned.isEmpty()) {
      return;
    }
    if (isOn() && !firewall.othersForward()) {
      set("0");
    }
    context.store().delete(KEY);
  }

  private void set(String value) throws InterruptedException {
    tool.output(List.of("sysctl", "-q", "-w", SETTING + "=" + value));
  }
}
