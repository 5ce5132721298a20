package dev.banger.api;

import java.util.Set;

/** Looks whether what the plugin made for running VMs is still there. */
@FunctionalInterface
public interface Watcher {
  /**
   * Called about once a minute while any VM runs, for all VMs at once: what it costs should not
   * grow with their number. Changes nothing. The steps of each VM that it names are looked at as
   * after a restart of the daemon, and what is gone or has drifted is stopped and started again; a
   * VM with which something is being done at the moment is left for the next time. Deadline: 10 s.
   *
   * @return ids of VMs; empty when all is well
   */
  Set<String> drifted(PluginContext context) throws Exception;
}
