package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A command on three pipes. */
record PipedChild(Process process) implements Child {
  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  @Override
  public InputStream stdout() {
    return process.getInputStream();
  }

  @Override
  public InputStream stderr() {
    return process.getErrorStream();
  }

  @Override
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void resize(int rows, int columns) {
    // There is no terminal to resize.
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void release() {
    // The pipes close with the process.
  }
}
