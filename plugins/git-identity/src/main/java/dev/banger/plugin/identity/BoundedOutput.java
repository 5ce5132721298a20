package dev.banger.plugin.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/** In memory, up to a limit. */
final class BoundedOutput extends OutputStream {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final int limit;
  private boolean full;

  BoundedOutput(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int count) throws IOException {
    if (kept.size() + count > limit) {
      full = true;
      throw new IOException("more than " + limit + " bytes");
    }
    kept.write(bytes, from, count);
  }

  /** Whether more came than fits. */
  synchronized boolean isFull() {
    return full;
  }

  synchronized String text(Charset charset) {
    return kept.toString(charset);
  }
}
