package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.UseSource;
import dev.banger.api.VmView;
import dev.banger.hooks.Gate;
import dev.banger.hooks.Lines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Asks plugins what they know of the use of a VM. Without holding their versions: whoever asks may
 * be a plugin that is about to be closed, and must not wait for the others. Thread-safe.
 */
final class UseSources {
  private static final int LONGEST = 80;

  private final Supplier<List<HostedPlugin>> active;
  private final Duration limit;
  private final Set<HostedPlugin> complained = ConcurrentHashMap.newKeySet();

  UseSources(Supplier<List<HostedPlugin>> active) {
    this(active, Duration.ofSeconds(2));
  }

  /**
   * @param limit for each plugin
   */
  UseSources(Supplier<List<HostedPlugin>> active, Duration limit) {
    this.active = active;
    this.limit = limit;
  }

  /** What uses it, as plugins say, all asked at once. One that fails or hangs knows nothing. */
  List<String> of(VmView vm) throws InterruptedException {
    List<HostedPlugin> plugins = active.get();
    complained.retainAll(plugins);
    Map<HostedPlugin, Gate.Entry<Optional<String>>> asked = new LinkedHashMap<>();
    for (HostedPlugin plugin : plugins) {
      plugin
          .registration()
          .useSource()
          .ifPresent(source -> asked.put(plugin, begin(plugin, source, vm)));
    }
    List<String> uses = new ArrayList<>();
    for (Map.Entry<HostedPlugin, Gate.Entry<Optional<String>>> each : asked.entrySet()) {
      try {
        each.getValue().await().ifPresent(uses::add);
      } catch (CapabilityException e) {
        System.getLogger("banger.plugin." + each.getKey().id())
            .log(
                complained.add(each.getKey())
                    ? System.Logger.Level.WARNING
                    : System.Logger.Level.DEBUG,
                "use of vm {0} is not known: {1}",
                vm.name(),
                e.getMessage());
      }
    }
    return uses;
  }

  private Gate.Entry<Optional<String>> begin(HostedPlugin plugin, UseSource source, VmView vm) {
    return plugin
        .gate()
        .begin(
            "use",
            limit,
            Optional.empty(),
            lease -> source.use(vm, plugin.context(lease)).map(UseSources::clean));
  }

  private static String clean(String words) {
    String line = Lines.of(words).strip();
    return line.isEmpty() ? "a plugin" : line.substring(0, Math.min(LONGEST, line.length()));
  }
}
