package dev.banger.api;

import java.util.List;
import java.util.function.Predicate;

/** Removes what belongs to no VM any more. */
@FunctionalInterface
public interface Sweeper {
  /**
   * Called when the daemon or the plugin has started and now and then later, never twice at a time;
   * VMs come, start and go meanwhile. Removes only what it can prove to be the plugin's own and to
   * belong to no VM: anything it cannot place stays. Deadline: 30 s.
   *
   * @param exists whether there is a VM of that id, by what the core knows at the moment of asking.
   *     A VM is known before the first step runs for it, so whoever asks right before removing
   *     never takes away from a VM that has just come
   * @return one line for each thing removed
   */
  List<String> sweep(Predicate<String> exists, PluginContext context) throws Exception;
}
