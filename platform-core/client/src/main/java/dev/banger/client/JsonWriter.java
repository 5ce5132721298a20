package dev.banger.client;

import java.util.Map;

/** Writes JSON on one line. */
final class JsonWriter {
  private static final String HEX = "0123456789ABCDEF";

  private final StringBuilder out = new StringBuilder(256);

  /** All that was written. */
  String text() {
    return out.toString();
  }

  void value(Json value) {
    if (value.isObject()) {
      out.append('{');
      boolean isFirst = true;
      for (Map.Entry<String, Json> field : value.fields().entrySet()) {
        comma(isFirst);
        isFirst = false;
        string(field.getKey());
        out.append(':');
        value(field.getValue());
      }
      out.append('}');
    } else if (value.isArray()) {
      out.append('[');
      boolean isFirst = true;
      for (Json element : value.elements()) {
        comma(isFirst);
        isFirst = false;
        value(element);
      }
      out.append(']');
    } else if (value.isText()) {
      string(value.text());
    } else {
      out.append(value.literal());
    }
  }

  private void comma(boolean isFirst) {
    if (!isFirst) {
      out.append(',');
    }
  }

  private void string(String text) {
    out.append('"');
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Nearly every text is written in one piece.
      if (c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
        continue;
      }
      out.append(text, written, i);
      written = i + 1;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || isLoneSurrogate(text, i)) {
            escape(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append(text, written, text.length()).append('"');
  }

  /** Half a character has no UTF-8 form; its escape keeps it. */
  private static boolean isLoneSurrogate(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private void escape(char c) {
    out.append("\\u")
        .append(HEX.charAt(c >> 12))
        .append(HEX.charAt((c >> 8) & 0xf))
        .append(HEX.charAt((c >> 4) & 0xf))
        .append(HEX.charAt(c & 0xf));
  }
}
