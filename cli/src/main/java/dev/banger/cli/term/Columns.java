package dev.banger.cli.term;

/** How much room text takes on a terminal, and text cut to the room there is. */
public final class Columns {
  private static final char MORE = '\u2026';

  private Columns() {}

  /** Columns of {@code text}, which is safe: 2 for wide characters, 0 for combining ones. */
  public static int of(String text) {
    int columns = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      columns += width(text.codePointAt(at));
    }
    return columns;
  }

  /** {@code text} in at most {@code most} columns; what was cut ends with an ellipsis. */
  public static String cut(String text, int most) {
    if (of(text) <= most) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int columns = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int point = text.codePointAt(at);
      columns += width(point);
      if (columns > most - 1) {
        break;
      }
      cut.appendCodePoint(point);
    }
    return most < 1 ? "" : cut.append(MORE).toString();
  }

  /** {@code text} filled up with spaces to {@code width} columns; a longer one stays. */
  public static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - of(text)));
  }

  private static int width(int point) {
    if (point < 0x300) {
      return 1;
    }
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(point) ? 2 : 1;
    };
  }

  /**
   * The blocks whose characters terminals show two columns wide (Unicode's TR 11, in the large).
   */
  private static boolean isWide(int point) {
    return (point >= 0x1100 && point <= 0x115f)
        || (point >= 0x2e80 && point <= 0xa4cf)
        || (point >= 0xac00 && point <= 0xd7a3)
        || (point >= 0xf900 && point <= 0xfaff)
        || (point >= 0xfe30 && point <= 0xfe6f)
        || (point >= 0xff00 && point <= 0xff60)
        || (point >= 0xffe0 && point <= 0xffe6)
        || (point >= 0x1f300 && point <= 0x1f64f)
        || (point >= 0x1f680 && point <= 0x1faff)
        || (point >= 0x20000 && point <= 0x3fffd);
  }
}
