package dev.banger.cli.term;

/**
 * Makes text from elsewhere safe to show: names, messages and console lines may come from a guest.
 */
public final class Text {
  private Text() {}

  /**
   * {@code text} on one line, with everything that could move the cursor, colour the screen or turn
   * the reading direction written as {@code \x1b} or {@code \}{@code u202e}.
   */
  public static String safe(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (isUnsafe(text.charAt(i))) {
        return escape(text, i);
      }
    }
    return text;
  }

  private static String escape(String text, int from) {
    StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isUnsafe(c)) {
        safe.append(c);
      } else if (c == '\n') {
        safe.append("\\n");
      } else if (c == '\t') {
        safe.append("\\t");
      } else if (c == '\r') {
        safe.append("\\r");
      } else {
        String hex = Integer.toHexString(c);
        safe.append(c < 0x100 ? "\\x" : "\\u");
        safe.append("0".repeat((c < 0x100 ? 2 : 4) - hex.length())).append(hex);
      }
    }
    return safe.toString();
  }

  private static boolean isUnsafe(char c) {
    if (c >= 0x20 && c < 0x7f) {
      return false;
    }
    return c <= 0x9f
        || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f)
        || c == 0x61c
        || c == 0xfeff
        || (c >= 0xfff9 && c <= 0xfffb);
  }

  /** {@code text} filled up with spaces to {@code width} characters; a longer one stays. */
  public static String pad(String text, int width) {
    int missing = width - text.codePointCount(0, text.length());
    return missing > 0 ? text + " ".repeat(missing) : text;
  }

  /** {@link #pad} on the left. */
  public static String padLeft(String text, int width) {
    int missing = width - text.codePointCount(0, text.length());
    return missing > 0 ? " ".repeat(missing) + text : text;
  }

  /** In POSIX shell syntax: as it is where that is safe, else in single quotes. */
  public static String shellQuote(String word) {
    if (!word.isEmpty()) {
      boolean plain = true;
      for (int i = 0; i < word.length() && plain; i++) {
        char c = word.charAt(i);
        plain =
            (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "_-./:=@,+%".indexOf(c) >= 0;
      }
      if (plain) {
        return word;
      }
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
