package dev.banger.plugin.workspace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of limited length that a guest's output goes into. */
final class Spool extends OutputStream {
  private final OutputStream file;
  private final long limit;
  private long length;
  private boolean isFull;

  Spool(Path file, long limit) throws IOException {
    this.file =
        new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
    this.limit = limit;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    if (length + count > limit) {
      isFull = true;
      throw new IOException("more than " + limit + " bytes");
    }
    length += count;
    file.write(bytes, offset, count);
  }

  boolean isFull() {
    return isFull;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
