package dev.banger.client;

/** Hears what the daemon says before it answers. */
@FunctionalInterface
public interface Notifications {
  /** Hears nothing. */
  Notifications IGNORED =
      new Notifications() {
        @Override
        public void notified(String method, Json params) {}
      };

  /**
   * @param method {@code stage} or {@code warning}; others may come, and are to be ignored
   */
  void notified(String method, Json params);
}
