package dev.banger.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Writes a tar archive: ustar, with GNU long-name entries for long names and links, which every tar
 * reads, BusyBox's too. All belongs to root.
 */
public final class TarWriter {
  /** What 11 octal digits hold. */
  private static final long LARGEST = 0x1_ffff_ffffL;

  private static final int BLOCK = TarReader.BLOCK;

  private final OutputStream out;
  private final Charset names;

  public TarWriter(OutputStream out) {
    this(out, StandardCharsets.UTF_8);
  }

  /**
   * @param names how names and links are encoded; ISO 8859-1 takes one char for one byte
   */
  public TarWriter(OutputStream out, Charset names) {
    this.out = out;
    this.names = names;
  }

  public void directory(String name, int mode, long seconds) throws IOException {
    header(name.endsWith("/") ? name : name + "/", TarEntry.DIRECTORY, "", 0, mode, seconds);
  }

  public void link(String name, String target, long seconds) throws IOException {
    header(name, TarEntry.SYMBOLIC_LINK, target, 0, 0777, seconds);
  }

  /**
   * Writes exactly {@code size} bytes of {@code content}: a file that shrinks meanwhile is filled
   * up with zeros, one that grows is cut.
   *
   * @return whether the file had that size
   */
  public boolean file(String name, InputStream content, long size, int mode, long seconds)
      throws IOException {
    header(name, TarEntry.FILE, "", size, mode, seconds);
    byte[] buffer = new byte[32 * 1024];
    long left = size;
    while (left > 0) {
      int got = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (got < 0) {
        break;
      }
      out.write(buffer, 0, got);
      left -= got;
    }
    boolean isWhole = left == 0 && content.read() < 0;
    zeros(left);
    zeros((BLOCK - size % BLOCK) % BLOCK);
    return isWhole;
  }

  /** The end mark. */
  public void finish() throws IOException {
    zeros(2L * BLOCK);
    out.flush();
  }

  private void header(String name, char type, String link, long size, int mode, long seconds)
      throws IOException {
    byte[] nameBytes = name.getBytes(names);
    byte[] linkBytes = link.getBytes(names);
    if (nameBytes.length > 100) {
      longText('L', nameBytes);
    }
    if (linkBytes.length > 100) {
      longText('K', linkBytes);
    }
    block(nameBytes, type, linkBytes, size, mode, seconds);
  }

  private void longText(char type, byte[] text) throws IOException {
    block(
        "././@LongLink".getBytes(StandardCharsets.US_ASCII),
        type,
        new byte[0],
        text.length + 1L,
        0,
        0);
    out.write(text);
    zeros(1);
    zeros((BLOCK - (text.length + 1L) % BLOCK) % BLOCK);
  }

  private void block(byte[] name, char type, byte[] link, long size, int mode, long seconds)
      throws IOException {
    byte[] header = new byte[BLOCK];
    System.arraycopy(name, 0, header, 0, Math.min(name.length, 100));
    octal(header, 100, 8, mode & 0777);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    size(header, size);
    octal(header, 136, 12, Math.clamp(seconds, 0, LARGEST));
    header[156] = (byte) type;
    System.arraycopy(link, 0, header, 157, Math.min(link.length, 100));
    byte[] magic = "ustar  ".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, header, 257, magic.length);
    byte[] root = "root".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(root, 0, header, 265, root.length);
    System.arraycopy(root, 0, header, 297, root.length);
    long sum = 8 * ' ';
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum);
    header[155] = ' ';
    out.write(header);
  }

  private static void size(byte[] header, long size) {
    if (size <= LARGEST) {
      octal(header, 124, 12, size);
      return;
    }
    header[124] = (byte) 0x80;
    for (int i = 0; i < 8; i++) {
      header[135 - i] = (byte) (size >> (8 * i));
    }
  }

  private static void octal(byte[] header, int offset, int length, long number) {
    long left = number;
    for (int i = offset + length - 2; i >= offset; i--) {
      header[i] = (byte) ('0' + (left & 7));
      left >>= 3;
    }
  }

  private void zeros(long count) throws IOException {
    byte[] zeros = new byte[4096];
    for (long left = count; left > 0; left -= zeros.length) {
      out.write(zeros, 0, (int) Math.min(left, zeros.length));
    }
  }
}
