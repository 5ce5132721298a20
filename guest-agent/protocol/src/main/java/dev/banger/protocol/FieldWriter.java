package dev.banger.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Appends fields to a growing array. Refuses what {@link FieldReader} would refuse. */
final class FieldWriter {
  private byte[] bytes = new byte[256];
  private int size;

  /** An unsigned number, seven bits a byte, lowest first. */
  void number(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      octet((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    octet((int) rest);
  }

  void flag(boolean value) {
    octet(value ? 1 : 0);
  }

  void text(String value, int limit) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > limit) {
      throw new IllegalArgumentException(
          "text of " + encoded.length + " bytes, at most " + limit + " allowed");
    }
    number(encoded.length);
    reserve(encoded.length);
    System.arraycopy(encoded, 0, bytes, size, encoded.length);
    size += encoded.length;
  }

  void texts(List<String> values, int count, int limit) {
    insist(values.size(), count);
    number(values.size());
    for (String value : values) {
      text(value, limit);
    }
  }

  void map(Map<String, String> values, int count, int limit) {
    insist(values.size(), count);
    number(values.size());
    for (Map.Entry<String, String> entry : values.entrySet()) {
      text(entry.getKey(), limit);
      text(entry.getValue(), limit);
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private static void insist(int size, int count) {
    if (size > count) {
      throw new IllegalArgumentException(size + " values, at most " + count + " allowed");
    }
  }

  private void octet(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
