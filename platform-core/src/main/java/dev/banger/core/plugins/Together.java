package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.hooks.Gate;
import java.util.List;

/** Waits for calls into several plugins; all are awaited, whatever becomes of each. */
final class Together {
  private Together() {}

  /** Collects what went wrong. */
  static void each(List<Gate.Entry<Void>> entries, List<String> failures)
      throws InterruptedException {
    for (Gate.Entry<Void> entry : entries) {
      try {
        entry.await();
      } catch (CapabilityException e) {
        failures.add(e.getMessage());
      }
    }
  }
}
