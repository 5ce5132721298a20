package dev.banger.plugin.exec;

import java.util.List;
import java.util.stream.Collectors;

/** What a script says, made fit to be shown: one line, bounded, nothing that steers a terminal. */
final class Words {
  private static final int LONGEST = 300;

  private Words() {}

  static String clean(String text) {
    String line =
        text.codePoints()
            .limit(4L * LONGEST)
            .map(c -> isHarmless(c) ? c : Character.isWhitespace(c) ? ' ' : '?')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }

  /** The last line that says something; empty when there is none. */
  static String lastLine(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "" : clean(lines.getLast());
  }

  /** The last lines, for the log. */
  static String tail(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - 20))
        .map(Words::clean)
        .collect(Collectors.joining("\n"));
  }

  private static boolean isHarmless(int c) {
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
