package dev.banger.client;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as RFC 8259 has it, and nothing beside it.
 *
 * <p>Written here because the libraries cost more at start than all else the client does: they set
 * up arbitrary-precision numbers, buffers and symbol tables that a few short lines never need.
 */
final class JsonReader {
  /** Longest number: what a double or a long needs is far shorter, and longer ones are slow. */
  private static final int LONGEST_NUMBER = 1000;

  /** So many names are remembered, for the next object that has them. */
  private static final int MOST_NAMES = 64;

  private final String text;
  private final List<String> names = new ArrayList<>();
  private int next;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  /** The one value in the text. */
  Json document() throws MalformedJsonException {
    Json value = value(0);
    skipSpace();
    if (at < text.length()) {
      throw malformed("something follows the value");
    }
    return value;
  }

  private Json value(int depth) throws MalformedJsonException {
    skipSpace();
    return switch (peek()) {
      case '{' -> fields(depth + 1);
      case '[' -> elements(depth + 1);
      case '"' -> Json.of(string());
      case 't' -> word("true", Json.TRUE);
      case 'f' -> word("false", Json.FALSE);
      case 'n' -> word("null", Json.NULL);
      default -> number();
    };
  }

  private Json fields(int depth) throws MalformedJsonException {
    open(depth);
    Map<String, Json> fields = new LinkedHashMap<>();
    if (!closes('}')) {
      do {
        skipSpace();
        if (peek() != '"') {
          throw malformed("a field needs a name in quotes");
        }
        String name = name();
        skipSpace();
        expect(':');
        fields.put(name, value(depth));
      } while (continues('}'));
    }
    return Json.ofRead(Collections.unmodifiableMap(fields));
  }

  private Json elements(int depth) throws MalformedJsonException {
    open(depth);
    List<Json> elements = new ArrayList<>();
    if (!closes(']')) {
      do {
        elements.add(value(depth));
      } while (continues(']'));
    }
    return Json.ofRead(Collections.unmodifiableList(elements));
  }

  private void open(int depth) throws MalformedJsonException {
    if (depth > Json.MAX_DEPTH) {
      throw malformed("nested deeper than " + Json.MAX_DEPTH);
    }
    at++;
  }

  private boolean closes(char end) throws MalformedJsonException {
    skipSpace();
    if (peek() != end) {
      return false;
    }
    at++;
    return true;
  }

  private boolean continues(char end) throws MalformedJsonException {
    if (closes(end)) {
      return false;
    }
    expect(',');
    return true;
  }

  /** The elements of a list have the same fields in the same order: each name is made once. */
  private String name() throws MalformedJsonException {
    if (next < names.size()) {
      String expected = names.get(next);
      int end = at + 1 + expected.length();
      if (end < text.length() && text.charAt(end) == '"' && text.startsWith(expected, at + 1)) {
        next++;
        at = end + 1;
        return expected;
      }
    }
    String name = string();
    int known = names.indexOf(name);
    if (known >= 0) {
      next = known + 1;
      return names.get(known);
    }
    if (names.size() < MOST_NAMES && isPlain(name)) {
      names.add(name);
      next = names.size();
    }
    return name;
  }

  /** Whether it reads in the text as it is. */
  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private String string() throws MalformedJsonException {
    int start = ++at;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        return text.substring(start, at++);
      }
      if (c == '\\') {
        return escapedString(start);
      }
      if (c < 0x20) {
        throw malformed("a control character in a string");
      }
      at++;
    }
    throw malformed("a string without end");
  }

  /** The rest of a string that has an escape in it. */
  private String escapedString(int start) throws MalformedJsonException {
    StringBuilder string = new StringBuilder().append(text, start, at);
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      if (c < 0x20) {
        throw malformed("a control character in a string");
      }
      string.append(c == '\\' ? escape() : c);
    }
    throw malformed("a string without end");
  }

  private char escape() throws MalformedJsonException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw malformed("an unknown escape");
    };
  }

  private char unicode() throws MalformedJsonException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 'f') {
        throw malformed("a damaged \\u escape");
      }
      code = (code << 4) | digit;
      at++;
    }
    return (char) code;
  }

  private Json number() throws MalformedJsonException {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peekOrEnd() == '0') {
      at++;
    } else {
      digits();
    }
    boolean isWhole = true;
    if (peekOrEnd() == '.') {
      isWhole = false;
      at++;
      digits();
    }
    if (peekOrEnd() == 'e' || peekOrEnd() == 'E') {
      isWhole = false;
      at++;
      if (peekOrEnd() == '+' || peekOrEnd() == '-') {
        at++;
      }
      digits();
    }
    if (at - start > LONGEST_NUMBER) {
      throw malformed("a number of more than " + LONGEST_NUMBER + " digits");
    }
    return numberOf(text.substring(start, at), isWhole);
  }

  private Json numberOf(String digits, boolean isWhole) throws MalformedJsonException {
    try {
      // Eighteen digits always fit.
      return isWhole && digits.length() <= 18
          ? Json.of(Long.parseLong(digits))
          : Json.ofDecimal(new BigDecimal(digits));
    } catch (NumberFormatException | ArithmeticException e) {
      throw malformed("a number out of range");
    }
  }

  private void digits() throws MalformedJsonException {
    int start = at;
    while (peekOrEnd() >= '0' && peekOrEnd() <= '9') {
      at++;
    }
    if (at == start) {
      throw malformed(at < text.length() ? "no JSON value" : "the text ends early");
    }
  }

  private Json word(String word, Json meaning) throws MalformedJsonException {
    if (!text.startsWith(word, at)) {
      throw malformed("no JSON value");
    }
    at += word.length();
    return meaning;
  }

  private void expect(char c) throws MalformedJsonException {
    if (peek() != c) {
      throw malformed("'" + c + "' expected");
    }
    at++;
  }

  private void skipSpace() {
    if (at < text.length() && text.charAt(at) > ' ') {
      return;
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      at++;
    }
  }

  private char peek() throws MalformedJsonException {
    if (at >= text.length()) {
      throw malformed("the text ends early");
    }
    return text.charAt(at);
  }

  /** The next character, or a zero character at the end. */
  private char peekOrEnd() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private MalformedJsonException malformed(String why) {
    return new MalformedJsonException("not JSON at character " + at + ": " + why);
  }
}
