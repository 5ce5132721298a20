package dev.banger.plugin.sessions;

import dev.banger.api.GuestJob;
import dev.banger.api.PluginContext;
import dev.banger.api.UseSource;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A session uses its VM while somebody looks at it, and when anything was read from or written to
 * it since this was last asked. One that only waits does not. Thread-safe.
 */
final class SessionUse implements UseSource {
  private static final Duration LIMIT = Duration.ofMillis(1500);
  private static final int MOST_VMS = 4096;

  /** How much each session had read and written, by VM; the longest not asked for goes first. */
  private final SequencedMap<String, Map<String, Long>> seen = new LinkedHashMap<>();

  @Override
  public Optional<String> use(VmView vm, PluginContext context) throws InterruptedException {
    Map<String, Long> moved = new HashMap<>();
    Optional<String> watched = Optional.empty();
    for (GuestJob job : context.host().jobs(vm, LIMIT)) {
      moved.put(job.id(), job.stdout().to() + job.stderr().to() + job.inputBytes());
      if (job.isRunning() && job.connections() > 0) {
        watched = Optional.of(job.id());
      }
    }
    Map<String, Long> before = exchange(vm.id(), moved);
    return watched
        .or(
            () ->
                moved.keySet().stream()
                    .filter(id -> before != null && !moved.get(id).equals(before.get(id)))
                    .sorted()
                    .findFirst())
        .map(id -> "session " + id);
  }

  /** Null when this VM is asked for the first time. */
  private synchronized Map<String, Long> exchange(String vmId, Map<String, Long> now) {
    Map<String, Long> before = seen.remove(vmId);
    seen.putLast(vmId, now);
    if (seen.size() > MOST_VMS) {
      seen.pollFirstEntry();
    }
    return before;
  }

  synchronized void forget(VmView vm) {
    seen.remove(vm.id());
  }
}
