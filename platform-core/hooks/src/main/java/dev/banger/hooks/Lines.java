package dev.banger.hooks;

/** Makes one printable line of a text that somebody else wrote. */
public final class Lines {
  private static final int LONGEST = 1000;

  private Lines() {}

  /** Bounded; what would move a terminal's cursor or turn its writing becomes a space. */
  public static String of(String text) {
    if (text == null) {
      return "";
    }
    StringBuilder line = new StringBuilder();
    int at = 0;
    while (at < text.length() && line.length() < LONGEST) {
      int c = text.codePointAt(at);
      line.appendCodePoint(isPrintable(c) ? c : ' ');
      at += Character.charCount(c);
    }
    return line.toString().strip() + (at < text.length() ? "..." : "");
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
