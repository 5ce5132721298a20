package dev.banger.hooks;

import java.util.List;
import java.util.Optional;

/** What plugins were called for lately. Thread-safe. */
public interface HookHistory {
  /**
   * The newest runs that match, oldest first. How far back the history goes is bounded.
   *
   * @param operation of this operation alone
   * @param vmId of this VM alone
   * @param limit at most so many; none when it is not positive
   * @throws dev.banger.api.CapabilityException of kind HOST
   */
  List<HookRun> runs(Optional<String> operation, Optional<String> vmId, int limit);
}
