package dev.banger.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;

/**
 * Runs several commands in one process, for the archive of classes that {@code scripts/build-dist}
 * makes: a class is in the archive when some command of this run has loaded it. Each argument is
 * one command line, split at spaces; the last ends the process. What the commands print and whether
 * they fail is of no interest.
 */
final class Training {
  private Training() {}

  public static void main(String[] commands) {
    int last = commands.length - 1;
    for (String command : List.of(commands).subList(0, last)) {
      Main.run(
          command.split(" "),
          System.getenv(),
          InputStream.nullInputStream(),
          new PrintStream(System.out, false, System.out.charset()),
          new PrintStream(System.err, false, System.err.charset()));
    }
    System.out.flush();
    // As a process of its own, to the end of it.
    Main.main(commands[last].split(" "));
  }
}
