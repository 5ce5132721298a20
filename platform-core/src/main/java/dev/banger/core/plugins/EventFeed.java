package dev.banger.core.plugins;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells active plugins what became of VMs: at most once, in memory, in bounds. Thread-safe. */
final class EventFeed {
  private final Map<HostedPlugin, Mailbox> boxes = new HashMap<>();

  /** From now on these are told. */
  synchronized void become(List<HostedPlugin> active) {
    Set<HostedPlugin> gone = new HashSet<>(boxes.keySet());
    active.forEach(gone::remove);
    gone.forEach(plugin -> boxes.remove(plugin).close());
    for (HostedPlugin plugin : active) {
      plugin
          .registration()
          .events()
          .ifPresent(handler -> boxes.computeIfAbsent(plugin, _ -> new Mailbox(plugin, handler)));
    }
  }

  /** Returns at once. */
  synchronized void tell(Mailbox.Event event) {
    boxes.values().forEach(box -> box.put(event));
  }
}
