package dev.banger.hooks;

import java.time.Duration;
import java.time.Instant;

/**
 * One call into a plugin for a VM, as history: what {@code plugin trace} shows.
 *
 * @param phase {@code validate}, {@code prepare}, {@code launch}, {@code host}, {@code guest} or
 *     {@code removed}
 * @param step empty when no step was called
 * @param action what was called: validate, contribute, start, stop, observe or removed
 * @param outcome {@code ok}, {@code degraded}, {@code skipped}, {@code failed}, {@code timed-out},
 *     {@code released}, {@code nothing-to-do}, {@code pending}, {@code present}, {@code gone},
 *     {@code drifted}, {@code unknown} or {@code absent} (the plugin is not there)
 * @param message the step's note, or the reason; may be empty
 */
public record HookRun(
    String operation,
    String vmId,
    String vmName,
    String plugin,
    String version,
    String step,
    String phase,
    String action,
    Instant at,
    Duration took,
    String outcome,
    String message) {}
