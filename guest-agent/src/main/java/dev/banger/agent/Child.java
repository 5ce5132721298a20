package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A running command: leader of its own session, on pipes or on a terminal. */
interface Child {
  long pid();

  OutputStream stdin();

  InputStream stdout();

  /** Null on a terminal, where everything is standard output. */
  InputStream stderr();

  /** No more input will come. */
  void endInput() throws IOException;

  void resize(int rows, int columns) throws IOException;

  boolean isAlive();

  /** Waits for the end; returns the exit code, 128 + n for signal n. */
  int waitFor() throws InterruptedException;

  /** Gives back what the agent holds of it. */
  void release();
}
