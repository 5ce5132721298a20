package dev.banger.hooks;

/**
 * Sees every call of every plugin into the host, after the permission check. Called on the plugin's
 * thread; quick. What it throws reaches the plugin in place of the call.
 */
public interface HostCalls {
  HostCalls UNSEEN =
      new HostCalls() {
        @Override
        public void before(String pluginId, String call) {}

        @Override
        public void after(String pluginId, String call, long nanos) {}
      };

  /**
   * @param call the method and what it is about, for example {@code run nft}
   */
  void before(String pluginId, String call);

  /** Also after a call that failed. */
  void after(String pluginId, String call, long nanos);
}
