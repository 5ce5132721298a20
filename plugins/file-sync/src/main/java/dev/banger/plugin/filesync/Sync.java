package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Brings a running VM's files up to date. */
final class Sync {
  static final String STAGE = "file-sync";

  /**
   * What came of it.
   *
   * @param files files and links of all entries
   * @param unchanged how many of them were in the guest already
   * @param bytes that were sent
   */
  record Outcome(int files, int unchanged, long bytes, List<String> skipped) {
    String words() {
      String words = files == 1 ? "1 file" : files + " files";
      if (unchanged > 0) {
        words += ", " + unchanged + " unchanged";
      }
      return skipped.isEmpty() ? words : words + ", " + skipped.size() + " skipped";
    }
  }

  private Sync() {}

  /** One at a time for each VM; others wait for their turn. */
  static Outcome run(PluginContext context, VmView vm, Progress progress, Duration limit)
      throws Exception {
    Deadline deadline = Deadline.in(limit);
    return context
        .host()
        .withLock("sync/" + vm.id(), limit, () -> alone(context, vm, progress, deadline));
  }

  private static Outcome alone(
      PluginContext context, VmView vm, Progress progress, Deadline deadline) throws Exception {
    CapabilityHost host = context.host();
    Plan plan = Walk.of(context.config(FileSyncSettings.class));
    plan.skipped().forEach(line -> progress.note(STAGE, line));
    plan.remarks().forEach(line -> progress.note(STAGE, line));
    if (plan.nodes().isEmpty()) {
      return new Outcome(0, 0, 0, plan.skipped());
    }
    Map<String, Listing.Seen> seen = Listing.of(host, vm, plan.nodes().keySet(), deadline.left());
    Delta delta = Delta.of(plan, seen, vm);
    if (!delta.isEmpty()) {
      new Transfer(host, vm, delta, deadline).run();
    }
    return new Outcome(plan.files(), delta.unchanged(), delta.bytes(), plan.skipped());
  }
}
