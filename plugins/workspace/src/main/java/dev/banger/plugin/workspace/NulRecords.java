package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Takes what a tool prints, records that end in NUL, one at a time, however many. */
final class NulRecords extends OutputStream {
  private static final int LONGEST = 64 * 1024;

  private final Consumer<String> each;
  private final ByteArrayOutputStream record = new ByteArrayOutputStream();
  private RuntimeException failure;

  NulRecords(Consumer<String> each) {
    this.each = each;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      throw new IOException("nobody reads on");
    }
    int from = offset;
    for (int at = offset; at < offset + length; at++) {
      if (bytes[at] == 0) {
        record.write(bytes, from, at - from);
        from = at + 1;
        end();
      }
    }
    record.write(bytes, from, offset + length - from);
    if (record.size() > LONGEST) {
      failure = new IllegalStateException("a record of more than " + LONGEST + " bytes");
      throw new IOException(failure);
    }
  }

  private void end() throws IOException {
    try {
      each.accept(record.toString(ISO_8859_1));
    } catch (RuntimeException e) {
      // Thrown to whoever began it: this thread belongs to the host.
      failure = e;
      throw new IOException(e);
    } finally {
      record.reset();
    }
  }

  /** Throws what the consumer threw. */
  void check() {
    if (failure != null) {
      throw failure;
    }
  }
}
