package dev.banger.api;

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

  /** Work that ends when its thread is interrupted. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }
}
