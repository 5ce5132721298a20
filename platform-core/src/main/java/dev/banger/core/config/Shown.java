package dev.banger.core.config;

import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** A value of the file inside a sentence: short, in one line, without control characters. */
final class Shown {
  private static final int LIMIT = 60;

  private Shown() {}

  static String value(Object raw) {
    return switch (raw) {
      case String text -> '"' + text(text) + '"';
      case TomlTable _ -> "a table";
      case TomlArray _ -> "a list";
      default -> text(String.valueOf(raw));
    };
  }

  static String text(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(LIMIT)
        .forEach(
            c -> {
              if (isPrintable(c)) {
                shown.appendCodePoint(c);
              } else {
                shown.append("\\u%04x".formatted(c));
              }
            });
    return text.codePointCount(0, text.length()) > LIMIT ? shown + "..." : shown.toString();
  }

  /** Format characters are not: among them are those that reverse the direction of writing. */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
