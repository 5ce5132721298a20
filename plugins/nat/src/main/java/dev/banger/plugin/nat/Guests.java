package dev.banger.plugin.nat;

import dev.banger.api.PluginStore;
import java.util.List;
import java.util.Optional;

/**
 * The guests that have rules. This list, and nothing in the kernel, says what the rules are to be:
 * they can be made from it after somebody flushed them. Read and written under the lock {@link
 * Rules#LOCK}.
 */
record Guests(PluginStore store) {
  private static final String PREFIX = "guest/";

  /** By id, so that the same guests make the same rules. */
  List<Guest> all() {
    return ids().stream().flatMap(id -> find(id).stream()).toList();
  }

  List<String> ids() {
    return store.keys(PREFIX).stream().map(key -> key.substring(PREFIX.length())).toList();
  }

  Optional<Guest> find(String vmId) {
    return store.get(PREFIX + vmId, Guest.class);
  }

  void put(Guest guest) {
    store.put(PREFIX + guest.vmId(), guest);
  }

  void remove(String vmId) {
    store.delete(PREFIX + vmId);
  }
}
