package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.hooks.HookHistory;
import java.util.List;
import java.util.Optional;

/** What plugins were called for lately. Thread-safe. */
public final class PluginTrace {
  private static final int MAX = 10_000;

  private final HookHistory history;

  public PluginTrace(HookHistory history) {
    this.history = history;
  }

  /**
   * The newest calls that match, oldest first.
   *
   * @param operation of this operation alone
   * @param vmId of this VM alone
   * @param limit at most so many, and at most 10,000
   * @throws dev.banger.core.model.BangerException of kind HOST
   */
  public List<PluginRun> runs(Optional<String> operation, Optional<String> vmId, int limit) {
    try {
      return history.runs(operation, vmId, Math.clamp(limit, 0, MAX)).stream()
          .map(PluginRun::of)
          .toList();
    } catch (CapabilityException e) {
      throw Failures.toCore(e);
    }
  }
}
