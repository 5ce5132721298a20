package dev.banger.hooks;

import java.util.List;

/**
 * What became of stopping the steps of a phase.
 *
 * @param released how many steps hold nothing any more
 * @param pending what could not be stopped, or is kept because something that could not be stopped
 *     comes after it
 */
public record StopReport(int released, List<Pending> pending) {
  public static final StopReport NOTHING = new StopReport(0, List.of());

  public StopReport {
    pending = List.copyOf(pending);
  }

  /**
   * @param title as {@link JournalRow#title}
   * @param reason one sentence
   * @param absent whether the plugin is not there to be asked
   */
  public record Pending(String plugin, String title, String reason, boolean absent) {
    @Override
    public String toString() {
      return title + ": " + reason;
    }
  }

  /** Both together. */
  public StopReport plus(StopReport other) {
    List<Pending> both = new java.util.ArrayList<>(pending);
    both.addAll(other.pending());
    return new StopReport(released + other.released(), both);
  }
}
