package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;

/** An archive of empty files with numbers for names, made as it is read. */
final class NumberedFiles extends InputStream {
  private final byte[] header;
  private final long count;
  private long made;
  private int at;

  NumberedFiles(byte[] header, long count) {
    this.header = header.clone();
    this.count = count;
    this.at = header.length;
  }

  @Override
  public int read() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (at == header.length) {
      if (made == count) {
        return -1;
      }
      at = 0;
      number();
    }
    int some = Math.min(length, header.length - at);
    System.arraycopy(header, at, into, offset, some);
    at += some;
    return some;
  }

  private void number() {
    int digits = 0;
    long rest = made++;
    for (int i = 8; i >= 0; i--, rest /= 10) {
      header[i] = (byte) ('0' + rest % 10);
      digits += header[i] & 0xff;
    }
    int sum = 0;
    for (int i = 9; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    System.arraycopy("%06o".formatted(sum + digits).getBytes(UTF_8), 0, header, 148, 6);
  }
}
