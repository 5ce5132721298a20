package dev.banger.plugin.exec;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The scripts that were started, or were about to be, for one VM in one phase.
 *
 * @param runs in the order in which they were run
 */
record HookReceipt(List<Run> runs) {
  HookReceipt {
    runs = List.copyOf(runs);
  }

  /**
   * One script.
   *
   * @param file absolute path, {@code .../PHASE/NAME}
   * @param sha256 of the file when it was run, in hexadecimal
   * @param receipt what the script planned or answered: one line of JSON, an object
   */
  record Run(String file, String sha256, String receipt) {
    private static final Pattern FILE =
        Pattern.compile("/(.*/)?(prepare|host|guest)/" + ScriptName.PATTERN, Pattern.DOTALL);

    Run {
      if (!FILE.matcher(file).matches()) {
        throw new IllegalArgumentException("not a script of a phase: " + Words.clean(file));
      }
    }

    Run with(String newReceipt) {
      return new Run(file, sha256, newReceipt);
    }
  }
}
