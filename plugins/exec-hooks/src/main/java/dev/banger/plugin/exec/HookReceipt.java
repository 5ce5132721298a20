package dev.banger.plugin.exec;

import java.util.List;

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
   * @param file absolute path
   * @param sha256 of the file when it was run, in hexadecimal
   * @param receipt what the script planned or answered: one line of JSON, an object
   */
  record Run(String file, String sha256, String receipt) {
    Run with(String newReceipt) {
      return new Run(file, sha256, newReceipt);
    }
  }
}
