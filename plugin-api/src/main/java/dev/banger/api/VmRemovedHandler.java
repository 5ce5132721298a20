package dev.banger.api;

/** Drops what a plugin keeps for a VM. */
@FunctionalInterface
public interface VmRemovedHandler {
  /**
   * Called when a VM is deleted, once or several times, also for a VM the plugin never heard of:
   * succeeds when there is nothing to do. Deadline: 10 s. What it throws is reported, and the VM is
   * deleted all the same.
   */
  void vmRemoved(VmView vm, PluginContext context) throws Exception;
}
