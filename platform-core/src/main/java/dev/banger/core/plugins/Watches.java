package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.Watcher;
import dev.banger.hooks.Gate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks plugins whether what they made for VMs is still there. */
final class Watches {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MOST = 10_000;

  private Watches() {}

  /** Ids that any of them names. One that fails or hangs names none. */
  static Set<String> drifted(List<HostedPlugin> plugins) throws InterruptedException {
    Map<HostedPlugin, Gate.Entry<Set<String>>> asked = new LinkedHashMap<>();
    for (HostedPlugin plugin : plugins) {
      plugin
          .registration()
          .watcher()
          .ifPresent(watcher -> asked.put(plugin, begin(plugin, watcher)));
    }
    Set<String> drifted = new TreeSet<>();
    for (Map.Entry<HostedPlugin, Gate.Entry<Set<String>>> each : asked.entrySet()) {
      try {
        drifted.addAll(each.getValue().await());
      } catch (CapabilityException e) {
        // Once a minute is too often for more; a check of the plugin's says so to people.
        System.getLogger("banger.plugin." + each.getKey().id())
            .log(System.Logger.Level.DEBUG, "watch: {0}", e.getMessage());
      }
    }
    return drifted;
  }

  private static Gate.Entry<Set<String>> begin(HostedPlugin plugin, Watcher watcher) {
    return plugin
        .gate()
        .begin(
            "watch",
            LIMIT,
            Optional.empty(),
            lease -> {
              Set<String> ids = new TreeSet<>();
              for (String id : watcher.drifted(plugin.context(lease))) {
                if (ids.size() < MOST) {
                  ids.add(id);
                }
              }
              return ids;
            });
  }
}
