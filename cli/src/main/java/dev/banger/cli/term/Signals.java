package dev.banger.cli.term;

/** Signals sent to this process. */
public interface Signals {
  /** Hears no signal: for tests and for a process that must not change its handlers. */
  Signals NONE =
      new Signals() {
        @Override
        public Subscription on(String name, Runnable action) {
          return Subscription.NONE;
        }
      };

  /**
   * Runs {@code action}, on a thread of its own, for each signal {@code name} (INT, TERM, WINCH
   * ...) instead of what would happen by default, until the subscription is closed.
   */
  Subscription on(String name, Runnable action);

  /** Ends when closed; what was in force before is in force again. */
  interface Subscription extends AutoCloseable {
    Subscription NONE =
        new Subscription() {
          @Override
          public void close() {}
        };

    @Override
    void close();
  }
}
