package dev.banger.core.plugins;

import dev.banger.hooks.Lines;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What one plugin has to say of VMs. Thread-safe; bounded whatever the plugin says. */
final class Remarks {
  private static final int MOST_VMS = 1024;
  private static final int MOST_LINES = 20;

  private final SequencedMap<String, List<String>> byVm = new LinkedHashMap<>();
  private boolean isClosed;

  /** In place of what was said of the VM before. */
  synchronized void put(String vmId, List<String> remarks) {
    List<String> lines =
        remarks.stream().limit(MOST_LINES).map(Lines::of).filter(line -> !line.isEmpty()).toList();
    byVm.remove(vmId);
    if (lines.isEmpty() || isClosed) {
      return;
    }
    if (byVm.size() == MOST_VMS) {
      byVm.pollFirstEntry();
    }
    byVm.put(vmId, lines);
  }

  synchronized List<String> of(String vmId) {
    return byVm.getOrDefault(vmId, List.of());
  }

  /** Nothing is said any more. */
  synchronized void close() {
    isClosed = true;
    byVm.clear();
  }
}
