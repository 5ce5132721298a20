package dev.banger.plugin.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads git's configuration format the way git does: what is an entry to it is one here. */
final class ConfigScanner {
  private static final int END = -1;

  private final String text;
  private int at;
  private String section = "";

  ConfigScanner(String text, int start) {
    this.text = text;
    this.at = start;
  }

  List<ConfigEntry> entries() throws MalformedConfig {
    List<ConfigEntry> entries = new ArrayList<>();
    while (true) {
      int c = next();
      if (c == END) {
        return entries;
      } else if (c == '#' || c == ';') {
        skipLine();
      } else if (c == '[') {
        section = section();
      } else if (isLetter(c)) {
        at--;
        entries.add(entry());
      } else if (!isSpace(c)) {
        throw malformed();
      }
    }
  }

  /** One character; carriage returns before line ends are skipped. */
  private int next() {
    if (at >= text.length()) {
      return END;
    }
    if (text.startsWith("\r\n", at)) {
      at++;
    }
    return text.charAt(at++);
  }

  private int peek() {
    int before = at;
    int c = next();
    at = before;
    return c;
  }

  private void skipLine() {
    while (peek() != '\n' && peek() != END) {
      at++;
    }
  }

  /** After the bracket that opens it. */
  private String section() throws MalformedConfig {
    StringBuilder name = new StringBuilder();
    while (true) {
      int c = next();
      if (c == ']') {
        return name.toString();
      } else if (c != END && isSpace(c)) {
        return name + " " + subsection();
      } else if (!isKey(c) && c != '.') {
        throw malformed();
      }
      name.append((char) lower(c));
    }
  }

  /** After the blank before it, up to the bracket that closes the section. */
  private String subsection() throws MalformedConfig {
    at--;
    int c = next();
    while (c != END && c != '\n' && isSpace(c)) {
      c = next();
    }
    if (c != '"') {
      throw malformed();
    }
    StringBuilder name = new StringBuilder("\"");
    while ((c = next()) != '"') {
      if (c == '\\') {
        c = next();
      }
      if (c == END || c == '\n') {
        throw malformed();
      }
      name.append((char) c);
    }
    if (next() != ']') {
      throw malformed();
    }
    return name.append('"').toString();
  }

  private ConfigEntry entry() throws MalformedConfig {
    int start = at;
    while (isKey(peek())) {
      at++;
    }
    String key = text.substring(start, at).toLowerCase(Locale.ROOT);
    int keyEnd = at;
    while (peek() == ' ' || peek() == '\t') {
      at++;
    }
    int c = peek();
    if (c == '\n' || c == END) {
      return new ConfigEntry(section, key, "", start, keyEnd);
    }
    if (c != '=') {
      throw malformed();
    }
    at++;
    return new ConfigEntry(section, key, value(), start, at);
  }

  /** Up to the end of the line, which is left. */
  private String value() throws MalformedConfig {
    StringBuilder value = new StringBuilder();
    int blanks = 0;
    boolean quoted = false;
    while (true) {
      int c = peek();
      if (c == '\n' || c == END) {
        if (quoted) {
          throw malformed();
        }
        return value.toString();
      }
      c = next();
      if (isSpace(c) && !quoted) {
        blanks += value.isEmpty() ? 0 : 1;
        continue;
      }
      if (!quoted && (c == '#' || c == ';')) {
        skipLine();
        continue;
      }
      value.repeat(' ', blanks);
      blanks = 0;
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        escaped(value);
      } else {
        value.append((char) c);
      }
    }
  }

  private void escaped(StringBuilder value) throws MalformedConfig {
    int c = next();
    switch (c) {
      case '\n' -> {}
      case 't' -> value.append('\t');
      case 'b' -> value.append('\b');
      case 'n' -> value.append('\n');
      case '"', '\\' -> value.append((char) c);
      default -> throw malformed();
    }
  }

  private MalformedConfig malformed() {
    int here = Math.min(at, text.length());
    return new MalformedConfig(
        1 + (int) text.substring(0, Math.max(0, here - 1)).chars().filter(c -> c == '\n').count());
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isLetter(int c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
  }

  private static boolean isKey(int c) {
    return isLetter(c) || (c >= '0' && c <= '9') || c == '-';
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }
}
