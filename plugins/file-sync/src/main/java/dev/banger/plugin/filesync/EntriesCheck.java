package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.PluginContext;

/** Looks at what the entries name, as a start would. */
final class EntriesCheck {
  private EntriesCheck() {}

  static DoctorCheck.Outcome run(PluginContext context) throws InterruptedException {
    FileSyncSettings settings = context.config(FileSyncSettings.class);
    if (settings.entries().isEmpty()) {
      return DoctorCheck.Outcome.ok("nothing configured under [[file_sync]]");
    }
    Plan plan;
    try {
      plan = Walk.of(settings);
    } catch (CapabilityException e) {
      return DoctorCheck.Outcome.fail(e.getMessage(), e.hint());
    }
    String found =
        "%d %s of %d %s, %.1f MiB"
            .formatted(
                plan.files(),
                plan.files() == 1 ? "file" : "files",
                settings.entries().size(),
                settings.entries().size() == 1 ? "entry" : "entries",
                plan.bytes() / 1048576.0);
    if (plan.skipped().isEmpty()) {
      return DoctorCheck.Outcome.ok(found);
    }
    return DoctorCheck.Outcome.warn(
        found + "; skipped: " + String.join("; ", plan.skipped()),
        "make them, or change the entries: banger config path");
  }
}
