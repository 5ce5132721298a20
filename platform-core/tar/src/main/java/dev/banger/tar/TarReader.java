package dev.banger.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a tar archive (ustar, GNU long names, pax) from a stream, entry by entry. All sizes are
 * bounded; what it returns is as hostile as the archive.
 */
public final class TarReader {
  static final int BLOCK = 512;

  /** Longest name or link, and all pax records of one entry, in bytes. */
  private static final int MOST_META = 64 * 1024;

  private final InputStream in;
  private final Charset names;
  private long unread;
  private int padding;

  /** Reads names as UTF-8; what is not valid is replaced. */
  public TarReader(InputStream in) {
    this(in, StandardCharsets.UTF_8);
  }

  /**
   * @param names how names and links are decoded; ISO 8859-1 keeps every byte
   */
  public TarReader(InputStream in, Charset names) {
    this.in = in;
    this.names = names;
  }

  /**
   * The next entry, or null at the end of the archive. Content not yet read is skipped.
   *
   * @throws TarException when the archive is damaged
   * @throws EOFException when it ends before its end mark
   */
  public TarEntry next() throws IOException {
    skipContent();
    Map<String, String> pax = new HashMap<>();
    String longName = null;
    String longLink = null;
    while (true) {
      byte[] header = readBlock();
      if (isZero(header)) {
        drain();
        return null;
      }
      checkSum(header);
      long size = number(header, 124, 12);
      if (size < 0) {
        throw new TarException("an entry of negative size");
      }
      char type = header[156] == 0 ? TarEntry.FILE : (char) (header[156] & 0xff);
      switch (type) {
        case 'L' -> longName = text(meta(size));
        case 'K' -> longLink = text(meta(size));
        case 'x' -> pax(meta(size), pax);
        case 'g' -> meta(size);
        default -> {
          return entry(header, type, size, longName, longLink, pax);
        }
      }
    }
  }

  private TarEntry entry(
      byte[] header,
      char type,
      long headerSize,
      String longName,
      String longLink,
      Map<String, String> pax)
      throws TarException {
    String name = text(header, 0, 100);
    boolean isUstar = text(header, 257, 5).equals("ustar");
    String prefix = isUstar && header[263] == '0' ? text(header, 345, 155) : "";
    if (!prefix.isEmpty()) {
      name = prefix + "/" + name;
    }
    String link = text(header, 157, 100);
    name = pax.getOrDefault("path", longName == null ? name : longName);
    link = pax.getOrDefault("linkpath", longLink == null ? link : longLink);
    long size = pax.containsKey("size") ? decimal(pax.get("size")) : headerSize;
    boolean hasContent = type != TarEntry.HARD_LINK && type != TarEntry.SYMBOLIC_LINK;
    // Old archives mark a directory by the slash at the end of its name only.
    char kind = type == TarEntry.FILE && name.endsWith("/") ? TarEntry.DIRECTORY : type;
    kind = kind == '7' ? TarEntry.FILE : kind;
    unread = hasContent ? size : 0;
    padding = (int) ((BLOCK - unread % BLOCK) % BLOCK);
    return new TarEntry(
        name,
        kind,
        link,
        kind == TarEntry.FILE ? size : 0,
        (int) (number(header, 100, 8) & 07777),
        number(header, 136, 12));
  }

  /** Copies the content of the current entry. */
  public void copyContent(OutputStream to) throws IOException {
    byte[] buffer = new byte[32 * 1024];
    while (unread > 0) {
      int got = in.read(buffer, 0, (int) Math.min(buffer.length, unread));
      if (got < 0) {
        throw new EOFException("the archive ends inside a file");
      }
      unread -= got;
      to.write(buffer, 0, got);
    }
  }

  private void skipContent() throws IOException {
    copyContent(OutputStream.nullOutputStream());
    if (padding > 0) {
      readFully(new byte[padding]);
      padding = 0;
    }
  }

  /** After the end mark: whatever follows, so that the sender is not left with a broken pipe. */
  private void drain() throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  private byte[] meta(long size) throws IOException {
    if (size > MOST_META) {
      throw new TarException("a name of " + size + " bytes, at most " + MOST_META + " allowed");
    }
    byte[] bytes = new byte[(int) size];
    readFully(bytes);
    readFully(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    return bytes;
  }

  private void pax(byte[] records, Map<String, String> into) throws TarException {
    int at = 0;
    while (at < records.length) {
      int space = at;
      while (space < records.length && records[space] != ' ') {
        space++;
      }
      long length = decimal(new String(records, at, space - at, StandardCharsets.US_ASCII));
      if (length <= space - at + 1 || at + length > records.length) {
        throw new TarException("a damaged pax record");
      }
      int end = (int) (at + length) - 1;
      String record = new String(records, space + 1, end - space - 1, names);
      int equals = record.indexOf('=');
      if (equals < 0 || records[end] != '\n') {
        throw new TarException("a damaged pax record");
      }
      into.put(record.substring(0, equals), record.substring(equals + 1));
      at = end + 1;
    }
  }

  private static long decimal(String digits) throws TarException {
    try {
      long number = Long.parseLong(digits);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new TarException("a number that is none");
  }

  private byte[] readBlock() throws IOException {
    byte[] block = new byte[BLOCK];
    readFully(block);
    return block;
  }

  private void readFully(byte[] into) throws IOException {
    if (in.readNBytes(into, 0, into.length) < into.length) {
      throw new EOFException("the archive ends before its end mark");
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void checkSum(byte[] header) throws TarException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean isSum = i >= 148 && i < 156;
      unsigned += isSum ? ' ' : header[i] & 0xff;
      signed += isSum ? ' ' : header[i];
    }
    long sum = number(header, 148, 8);
    if (sum != unsigned && sum != signed) {
      throw new TarException("a header with a wrong checksum: this is no tar archive");
    }
  }

  /** Octal digits, or GNU's big-endian form for what is too large for them. */
  private static long number(byte[] header, int offset, int length) throws TarException {
    if ((header[offset] & 0x80) != 0) {
      long number = header[offset] & 0x3f;
      if ((header[offset] & 0x40) != 0) {
        number = -1;
      }
      for (int i = offset + 1; i < offset + length; i++) {
        if (number > Long.MAX_VALUE >> 8 || number < Long.MIN_VALUE >> 8) {
          throw new TarException("a number that is too large");
        }
        number = (number << 8) | (header[i] & 0xff);
      }
      return number;
    }
    long number = 0;
    for (int i = offset; i < offset + length; i++) {
      int c = header[i] & 0xff;
      if (c >= '0' && c <= '7') {
        number = (number << 3) | (c - '0');
      } else if (c != ' ' && c != 0) {
        throw new TarException("a number that is none");
      } else if (c == 0 || number > 0) {
        break;
      }
    }
    return number;
  }

  private String text(byte[] bytes) {
    return text(bytes, 0, bytes.length);
  }

  private String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, names);
  }
}
