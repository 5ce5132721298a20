package dev.banger.core.lifecycle;

import java.time.Duration;

/**
 * Deadlines of the lifecycle.
 *
 * @param startTimeout from the VMM's launch to the agent's answer
 * @param stopGrace how long a guest may take to shut down before it is forced
 */
public record LifecycleSettings(Duration startTimeout, Duration stopGrace) {
  /** Making disks and archives; generous, because a busy host is slow, not broken. */
  static final Duration DISK_LIMIT = Duration.ofMinutes(2);

  /** From spawn to an answering control socket. */
  static final Duration LAUNCH_LIMIT = Duration.ofSeconds(60);

  /** Killing a process that may be in the kernel's hands. */
  static final Duration KILL_LIMIT = Duration.ofSeconds(15);

  /** One question to an agent that is known to be up. */
  static final Duration ASK_LIMIT = Duration.ofSeconds(5);

  /** Waiting for another request on the same VM. */
  static final Duration LOCK_LIMIT = Duration.ofMinutes(10);
}
