package dev.banger.api;

/** Is told what became of VMs, after the fact. */
@FunctionalInterface
public interface VmEventHandler {
  /**
   * Called for every event, one at a time and in order, some time after it happened. At most once:
   * what happens while the daemon is down or the plugin is not active, and what a handler that is
   * 256 events behind has not taken yet, is not told. It can veto nothing; what must not be missed
   * is a step. Deadline: 10 s.
   */
  void onEvent(VmEvent event, PluginContext context) throws Exception;
}
