package dev.banger.cli.term;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The JVM's own door to signals. It is in a source folder of its own because javac warns of {@code sun.misc}
 * whatever it is told, and elsewhere warnings are errors.
 */
final class JvmSignals {
  private JvmSignals() {}

  /** Installs {@code action} for the signal; running the result puts back what was there before. */
  static Runnable handle(String name, Runnable action) {
    Signal signal = new Signal(name);
    SignalHandler before =
        Signal.handle(
            signal,
            new SignalHandler() {
              @Override
              public void handle(Signal received) {
                action.run();
              }
            });
    return new Runnable() {
      @Override
      public void run() {
        Signal.handle(signal, before);
      }
    };
  }
}
