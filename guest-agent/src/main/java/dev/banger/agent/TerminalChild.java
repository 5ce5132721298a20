package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A command whose controlling terminal is a pseudo-terminal of the agent's. */
record TerminalChild(Process process, Terminal terminal) implements Child {
  private static final int END_OF_FILE = 4;

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public OutputStream stdin() {
    return terminal.out();
  }

  @Override
  public InputStream stdout() {
    return terminal.in();
  }

  @Override
  public InputStream stderr() {
    return null;
  }

  /** Types control-D, as a person would: a terminal has no other end of file. */
  @Override
  public void endInput() throws IOException {
    terminal.out().write(END_OF_FILE);
  }

  @Override
  public void resize(int rows, int columns) throws IOException {
    terminal.resize(rows, columns);
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public int waitFor() throws InterruptedException {
    try {
      return process.waitFor();
    } finally {
      terminal.releaseSlave();
    }
  }

  @Override
  public void release() {
    terminal.close();
  }
}
