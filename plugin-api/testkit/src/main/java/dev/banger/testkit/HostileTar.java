package dev.banger.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes archives entry by entry, also such as no honest program would. */
public final class HostileTar {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public HostileTar file(String name, String content) {
    return entry(name, '0', "", content.getBytes(StandardCharsets.UTF_8), 0644);
  }

  public HostileTar directory(String name) {
    return entry(name, '5', "", new byte[0], 0755);
  }

  public HostileTar link(String name, String target) {
    return entry(name, '2', target, new byte[0], 0777);
  }

  public HostileTar hardLink(String name, String target) {
    return entry(name, '1', target, new byte[0], 0644);
  }

  public HostileTar entry(String name, char type, String link, byte[] content, int mode) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, "%011o".formatted(content.length));
    put(header, 136, "00000000001");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar");
    put(header, 263, "00");
    put(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o".formatted(sum));
    header[154] = 0;
    bytes.writeBytes(header);
    bytes.writeBytes(content);
    bytes.writeBytes(new byte[(512 - content.length % 512) % 512]);
    return this;
  }

  /** A pax header for the next entry. */
  public HostileTar pax(String key, String value) {
    String tail = " " + key + "=" + value + "\n";
    int length = tail.length() + 1;
    while ((length + tail).length() != length) {
      length = (length + tail).length();
    }
    return entry("pax", 'x', "", (length + tail).getBytes(StandardCharsets.UTF_8), 0644);
  }

  /** A GNU long name for the next entry. */
  public HostileTar longName(String name) {
    return entry("././@LongLink", 'L', "", (name + "\0").getBytes(StandardCharsets.UTF_8), 0);
  }

  /** The archive so far, without an end mark. */
  public byte[] torn() {
    return bytes.toByteArray();
  }

  public byte[] done() {
    bytes.writeBytes(new byte[1024]);
    return bytes.toByteArray();
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(encoded, 0, header, offset, encoded.length);
  }
}
