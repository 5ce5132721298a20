package dev.banger.plugin.dns;

import dev.banger.api.CapabilityException;
import dev.banger.api.Locking;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The records in the plugin's store, one for each VM that runs. They outlive the daemon, so that
 * the names of running VMs answer as soon as it is back.
 */
final class Records {
  private static final String PREFIX = "vm/";
  private static final String TURN = "records";
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private Records() {}

  /** By VM id. What cannot be read is left out. */
  static Map<String, Entry> all(PluginStore store) {
    Map<String, Entry> entries = new TreeMap<>();
    for (String key : store.keys(PREFIX)) {
      try {
        store
            .get(key, Entry.class)
            .ifPresent(entry -> entries.put(key.substring(PREFIX.length()), entry));
      } catch (CapabilityException e) {
        // Another version's. Whoever wrote it removes it.
      }
    }
    return entries;
  }

  static void put(PluginStore store, VmView vm, Entry entry) {
    store.put(PREFIX + vm.id(), entry);
  }

  /** Whether there was one. */
  static boolean remove(PluginStore store, String vmId) {
    String key = PREFIX + vmId;
    boolean there = store.keys(key).contains(key);
    if (there) {
      store.delete(key);
    }
    return there;
  }

  /** One at a time, whoever reads, decides and writes. */
  static <T> T inTurn(PluginContext context, Locking.LockedBody<T> body) throws Exception {
    return context.host().withLock(TURN, PATIENCE, body);
  }

  /** Drops those of VMs that are gone for good. */
  static List<String> sweep(PluginContext context, Predicate<String> exists, LiveTable live)
      throws Exception {
    return inTurn(
        context,
        () -> {
          List<String> removed = new ArrayList<>();
          for (String key : context.store().keys(PREFIX)) {
            String id = key.substring(PREFIX.length());
            if (!exists.test(id) && remove(context.store(), id)) {
              removed.add("names of VM " + id);
            }
          }
          if (!removed.isEmpty()) {
            live.publish(all(context.store()).values());
          }
          return removed;
        });
  }

  /**
   * Which of the names it asks for a VM gets. First come, first served; but a name of its own is
   * every VM's before it is another's second one.
   *
   * @param names in the order asked for
   * @param refused one clause for each name it does not get
   */
  record Grant(List<String> names, List<String> refused) {
    static Grant of(VmView vm, Map<String, Entry> stored, List<VmView> vms) {
      Set<String> mine =
          Optional.ofNullable(stored.get(vm.id()))
              .map(entry -> Set.copyOf(entry.names()))
              .orElse(Set.of());
      Map<String, String> taken = new TreeMap<>();
      stored.forEach(
          (id, entry) -> {
            if (!id.equals(vm.id())) {
              entry.names().forEach(name -> taken.putIfAbsent(name, entry.vm()));
            }
          });
      Set<String> others =
          vms.stream()
              .filter(other -> !other.id().equals(vm.id()))
              .map(VmView::name)
              .collect(Collectors.toSet());
      Set<String> names = new LinkedHashSet<>();
      List<String> refused = new ArrayList<>();
      for (String name : HostNames.wanted(vm)) {
        if (taken.containsKey(name)) {
          refused.add("%s leads to VM %s already".formatted(name, taken.get(name)));
        } else if (others.contains(name) && !mine.contains(name) && !name.equals(vm.name())) {
          refused.add("%s is the name of another VM".formatted(name));
        } else {
          names.add(name);
        }
      }
      return new Grant(List.copyOf(names), List.copyOf(refused));
    }
  }
}
