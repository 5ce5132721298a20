package dev.banger.cli.base;

import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import java.io.IOException;
import java.util.List;

/** Asks whoever sits at the terminal. */
public final class Question {
  private static final int LONGEST_ANSWER = 1000;

  private Question() {}

  /** Whether somebody is there who can see the question and answer it. */
  public static boolean canBeAsked(Console console) {
    return console.inputTerminal() && console.errorTerminal();
  }

  /**
   * Prints {@code question}, made safe, to standard error and waits for a line.
   *
   * @return whether it says {@code y} or {@code yes}; anything else, and the end of input, is no
   */
  public static boolean isYes(Console console, String question) {
    console.out().flush();
    console.err().print(Text.safe(question) + " [y/N] ");
    console.err().flush();
    String answer = line(console);
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }

  /**
   * Prints {@code question}, made safe, to standard error and waits for a line that begins with one
   * of {@code letters}, in either case.
   *
   * @return {@code fallback} for an empty line, the end of input, or three other answers
   */
  public static char letter(
      Console console, String question, List<Character> letters, char fallback) {
    console.out().flush();
    for (int tries = 0; tries < 3; tries++) {
      console.err().print(Text.safe(question) + " ");
      console.err().flush();
      String answer = line(console);
      if (answer.isEmpty()) {
        return fallback;
      }
      char first = Character.toLowerCase(answer.charAt(0));
      if (letters.contains(first)) {
        return first;
      }
    }
    return fallback;
  }

  private static String line(Console console) {
    StringBuilder line = new StringBuilder();
    try {
      for (int b = console.in().read(); b >= 0 && b != '\n'; b = console.in().read()) {
        if (line.length() < LONGEST_ANSWER) {
          line.append((char) b);
        }
      }
    } catch (IOException e) {
      return "";
    }
    return line.toString().strip();
  }
}
