package dev.banger.plugin.idle;

import dev.banger.api.CapabilityException;
import dev.banger.api.PluginStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What is said of VMs: of a stopped one, why it was stopped, which outlives the daemon; of a
 * running one, what is about to happen. Thread-safe.
 */
final class Notes {
  /** One list of all, so that a start of the daemon need not ask for each VM. */
  private static final String PREFIX = "stopped/";

  private final PluginStore store;
  private final BiConsumer<String, List<String>> remark;
  private final Map<String, String> stopped = new HashMap<>();

  /** Those of which a start is certain once they run. */
  private final Set<String> down = new HashSet<>();

  private final Map<String, String> said = new HashMap<>();

  Notes(PluginStore store, BiConsumer<String, List<String>> remark) {
    this.store = store;
    this.remark = remark;
  }

  static String key(String vmId) {
    return PREFIX + vmId;
  }

  /** Says again what was known before the daemon, or the plugin, was started. */
  synchronized void recall() {
    for (String key : store.keys(PREFIX)) {
      String id = key.substring(PREFIX.length());
      try {
        store
            .get(key, StoppedNote.class)
            .ifPresent(
                note -> {
                  stopped.put(id, note.why());
                  down.add(id);
                  say(id, note.why());
                });
      } catch (CapabilityException e) {
        // Of another version of this plugin: it is no longer known why.
        store.delete(key);
      }
    }
  }

  /** To be called before the stop: it may be over when this daemon is. */
  synchronized void stopping(String vmId, String why) {
    store.put(key(vmId), new StoppedNote(why));
    stopped.put(vmId, why);
    down.remove(vmId);
  }

  synchronized void stopped(String vmId) {
    say(vmId, stopped.getOrDefault(vmId, ""));
  }

  /** It runs, or is gone: why it was stopped is no longer of interest. */
  synchronized void drop(String vmId) {
    if (stopped.remove(vmId) != null) {
      store.delete(key(vmId));
    }
    down.remove(vmId);
    say(vmId, "");
  }

  /** It was seen to run: after a stop, it was started again. */
  synchronized void runs(String vmId) {
    if (down.contains(vmId)) {
      drop(vmId);
    }
  }

  synchronized void isDown(String vmId) {
    if (stopped.containsKey(vmId)) {
      down.add(vmId);
    } else {
      say(vmId, "");
    }
  }

  /** Forgets those that are not among these. */
  synchronized void keepOnly(Set<String> vmIds) {
    Set<String> gone = new HashSet<>(stopped.keySet());
    gone.addAll(said.keySet());
    gone.removeAll(vmIds);
    gone.forEach(this::drop);
  }

  /** Of a running VM, in place of what was said before. */
  synchronized void say(String vmId, String sentence) {
    String before = sentence.isEmpty() ? said.remove(vmId) : said.put(vmId, sentence);
    if (!sentence.equals(before == null ? "" : before)) {
      remark.accept(vmId, sentence.isEmpty() ? List.of() : List.of(sentence));
    }
  }
}
