package dev.banger.cli.term;

/** The signals of this JVM. */
public final class HostSignals implements Signals {
  @Override
  public Subscription on(String name, Runnable action) {
    Runnable restore = JvmSignals.handle(name, action);
    return new Subscription() {
      @Override
      public void close() {
        restore.run();
      }
    };
  }
}
