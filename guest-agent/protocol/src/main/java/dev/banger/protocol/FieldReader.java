package dev.banger.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads fields from an array that a stranger filled: every length is checked before it is used. */
final class FieldReader {
  private final byte[] bytes;
  private int at;

  FieldReader(byte[] bytes) {
    this.bytes = bytes;
  }

  long number() throws ProtocolException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = octet();
      value |= (long) (next & 0x7f) << shift;
      if ((next & 0x80) == 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        return value;
      }
    }
    throw new ProtocolException("a number of more than 64 bits");
  }

  /** A number from 0 to {@code max}. */
  int number(int max) throws ProtocolException {
    long value = number();
    if (value < 0 || value > max) {
      throw new ProtocolException(
          "number " + Long.toUnsignedString(value) + ", at most " + max + " allowed");
    }
    return (int) value;
  }

  boolean flag() throws ProtocolException {
    return number(1) == 1;
  }

  String text(int limit) throws ProtocolException {
    int length = number(limit);
    if (length > bytes.length - at) {
      throw new ProtocolException("the message ends inside a text of " + length + " bytes");
    }
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  List<String> texts(int count, int limit) throws ProtocolException {
    int size = number(count);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(text(limit));
    }
    return values;
  }

  Map<String, String> map(int count, int limit) throws ProtocolException {
    int size = number(count);
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < size; i++) {
      String key = text(limit);
      values.put(key, text(limit));
    }
    return values;
  }

  void end() throws ProtocolException {
    if (at != bytes.length) {
      throw new ProtocolException((bytes.length - at) + " bytes too many in a message");
    }
  }

  private int octet() throws ProtocolException {
    if (at == bytes.length) {
      throw new ProtocolException("the message ends inside a number");
    }
    return bytes[at++] & 0xff;
  }
}
