package dev.banger.api;

import java.util.List;

/** What surrounds {@link CapabilityPlugin#open}: good until {@link CapabilityPlugin#close}. */
public interface OpenContext extends PluginContext {
  /**
   * Runs work of the plugin's own beside everything else, for example a server's loop. Before
   * {@link CapabilityPlugin#close} is called its thread is interrupted; work that has not ended 5 s
   * later is reported as a leak. What it throws is logged, and the work is not begun again.
   *
   * @param name for the thread's name: letters, digits and hyphens
   */
  void background(String name, Work work);

  /**
   * Says what people are to know of a VM, in {@code vm show}, in place of what was said of it
   * before; kept in memory until {@link CapabilityPlugin#close}. For what changes while a VM runs
   * and hurts nothing that it needs; a step that is not as it should be says so as {@link
   * Started#degraded}. Returns at once, and may be called from any thread.
   *
   * @param vmId of a VM; nothing comes of another
   * @param remarks a sentence each, without the plugin's name; the first 20 are kept, made
   *     printable and cut at 1000 letters. Empty for nothing, which is also to be said when the VM
   *     has stopped
   */
  default void remark(String vmId, List<String> remarks) {}

  /** Work that ends when its thread is interrupted. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }
}
