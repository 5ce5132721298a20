package dev.banger.cli.base;

import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import java.io.IOException;

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
