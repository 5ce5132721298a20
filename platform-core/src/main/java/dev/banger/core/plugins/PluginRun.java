package dev.banger.core.plugins;

import dev.banger.hooks.HookRun;
import java.time.Duration;
import java.time.Instant;

/** One call into a plugin for a VM, as {@code plugin trace} shows it; see {@link HookRun}. */
public record PluginRun(
    String operation,
    String vm,
    String plugin,
    String version,
    String step,
    String phase,
    String action,
    Instant at,
    Duration took,
    String outcome,
    String message) {
  static PluginRun of(HookRun run) {
    return new PluginRun(
        run.operation(),
        run.vmName(),
        run.plugin(),
        run.version(),
        run.step(),
        run.phase(),
        run.action(),
        run.at(),
        run.took(),
        run.outcome(),
        run.message());
  }
}
