package dev.banger.api;

/** Adds to what a VM is started with. */
@FunctionalInterface
public interface LaunchContributor {
  /**
   * Called at every start of every VM, after its {@code PREPARE} steps, while its lock is held; for
   * different VMs in parallel. Deadline: 10 s. What it throws fails that start, naming the plugin.
   *
   * @param launch takes the additions until this call returns
   */
  void contribute(VmView vm, Launch launch, PluginContext context) throws Exception;
}
