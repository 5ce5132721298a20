package dev.banger.core.guest;

/** Text that a guest sent, made fit to be shown and stored. */
final class GuestText {
  private GuestText() {}

  /** Control characters and broken surrogates become spaces; what is over {@code limit} is cut. */
  static String clean(String text, int limit) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(limit)
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean bad =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              clean.appendCodePoint(bad ? ' ' : c);
            });
    return clean.toString().strip();
  }
}
