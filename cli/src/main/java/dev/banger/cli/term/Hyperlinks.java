package dev.banger.cli.term;

/** Text that leads somewhere when it is clicked, as terminals understand it (OSC 8). */
public final class Hyperlinks {
  private static final int LONGEST = 1024;
  private static final String START = "\u001b]8;;";
  private static final String END = "\u001b\\";

  private Hyperlinks() {}

  /**
   * Whether results may have them: on a terminal that is not known to print them as they are.
   * {@code FORCE_HYPERLINK=0} switches them off.
   */
  public static boolean areShown(Console console) {
    return console.outputTerminal()
        && !"0".equals(console.variable("FORCE_HYPERLINK"))
        && switch (console.variable("TERM")) {
          case "", "dumb", "linux", "vt100", "vt220" -> false;
          default -> true;
        };
  }

  /** {@code text}, leading to {@code url} if that is an address that can be opened. */
  public static String of(String url, String text) {
    return isAddress(url) ? START + url + END + text + START + END : text;
  }

  private static boolean isAddress(String url) {
    if (url.length() > LONGEST || !(url.startsWith("http://") || url.startsWith("https://"))) {
      return false;
    }
    for (int i = 0; i < url.length(); i++) {
      if (url.charAt(i) <= ' ' || url.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
