package dev.banger.cli.term;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command may touch of the process it runs in.
 *
 * @param directory the working directory, absolute
 * @param inputTerminal whether standard input is a terminal; likewise the other two
 */
public record Console(
    Map<String, String> env,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Path directory,
    boolean inputTerminal,
    boolean outputTerminal,
    boolean errorTerminal,
    Signals signals) {

  public String variable(String name) {
    return env.getOrDefault(name, "");
  }

  /** Whether progress and errors may use colours and redraw a line. */
  public boolean isLively() {
    return errorTerminal && isColorful();
  }

  /** Whether results may use colours. */
  public boolean isOutputColorful() {
    return outputTerminal && isColorful();
  }

  private boolean isColorful() {
    return variable("NO_COLOR").isEmpty() && !"dumb".equals(variable("TERM"));
  }
}
