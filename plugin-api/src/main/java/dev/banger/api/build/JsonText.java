package dev.banger.api.build;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, strings, numbers, booleans and null as JSON (RFC 8259). */
public final class JsonText {
  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;

  private JsonText(boolean pretty) {
    this.pretty = pretty;
  }

  /** On one line. */
  public static String compact(Object value) {
    JsonText text = new JsonText(false);
    text.write(value, 0);
    return text.out.toString();
  }

  /** Indented, with a line feed at the end. */
  public static String pretty(Object value) {
    JsonText text = new JsonText(true);
    text.write(value, 0);
    return text.out.append('\n').toString();
  }

  private void write(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case String text -> quote(text);
      case Map<?, ?> map -> {
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> fields = map.entrySet().iterator();
            fields.hasNext(); ) {
          Map.Entry<?, ?> field = fields.next();
          line(depth + 1);
          quote((String) field.getKey());
          out.append(pretty ? ": " : ":");
          write(field.getValue(), depth + 1);
          out.append(fields.hasNext() ? "," : "");
        }
        if (!map.isEmpty()) {
          line(depth);
        }
        out.append('}');
      }
      case List<?> list -> {
        out.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
          line(depth + 1);
          write(items.next(), depth + 1);
          out.append(items.hasNext() ? "," : "");
        }
        if (!list.isEmpty()) {
          line(depth);
        }
        out.append(']');
      }
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
    }
  }

  private void line(int depth) {
    if (pretty) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
