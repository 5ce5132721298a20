package dev.banger.testkit;

import dev.banger.api.Progress;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps thousands of failures that were asked for out of the output. */
final class Quiet implements AutoCloseable {
  static final Progress PROGRESS =
      new Progress() {
        @Override
        public void started(String stage) {}

        @Override
        public void note(String stage, String message) {}

        @Override
        public void done(String stage, String message) {}
      };

  /** Held on to: the logging of the JDK forgets a logger nobody holds, and its level with it. */
  private static final Logger BANGER = Logger.getLogger("banger");

  private final Level before = BANGER.getLevel();

  Quiet() {
    BANGER.setLevel(Level.OFF);
  }

  @Override
  public void close() {
    BANGER.setLevel(before);
  }
}
