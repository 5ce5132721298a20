package dev.banger.api;

import java.util.List;

/** Adds files to a guest before its init starts. */
@FunctionalInterface
public interface EarlyFileContributor {
  /**
   * Called at every start of every VM, while its lock is held; for different VMs in parallel.
   * Deadline: 10 s. The files are laid over the guest's root file system, owned by root; missing
   * parent directories are made with mode 0755. What it throws fails that start, naming the plugin.
   *
   * @return at most 64 entries; two plugins that name the same file fail the start
   */
  List<GuestFile> earlyFiles(VmView vm, PluginContext context) throws Exception;
}
