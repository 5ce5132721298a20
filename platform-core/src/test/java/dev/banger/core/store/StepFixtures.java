package dev.banger.core.store;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.hooks.HookRun;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.StoredVm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps and runs that tests of the journal start from. */
final class StepFixtures {
  static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");
  static final StoredVm WEB = vm("0123456789ab", "web", "127.77.0.5");

  private StepFixtures() {}

  static StoredVm vm(String id, String name, String address) {
    return new StoredVm(
        id,
        name,
        "debian",
        "starting",
        address,
        AT,
        Map.of("team", "core", "odd \"\n\u00e9", ""),
        java.util.Optional.empty());
  }

  /** As the engine hands it over before it calls the plugin. */
  static JournalRow step(StoredVm vm, String plugin, String step) {
    return new JournalRow(
        0,
        vm,
        plugin,
        "1.2.0",
        "ab".repeat(32),
        step,
        Phase.HOST,
        StepPolicy.BEST_EFFORT,
        List.of("net:bridge", "tap"),
        JournalRow.State.STARTING,
        3,
        Optional.empty(),
        "op-42",
        "",
        "",
        0,
        Optional.empty(),
        AT,
        Duration.ZERO);
  }

  static HookRun run(String operation, String vmId, String message) {
    return new HookRun(
        operation,
        vmId,
        "web",
        "nat",
        "1.2.0",
        "rules",
        "host",
        "start",
        AT,
        Duration.ofNanos(1_234_567),
        "ok",
        message);
  }

  static HookRun run(String message) {
    return run("op-42", WEB.id(), message);
  }
}
