package dev.banger.hooks;

import dev.banger.api.StepSpec;
import java.util.List;

/** A step by name. */
record StepRef(String plugin, String step) {
  static StepRef of(JournalRow row) {
    return new StepRef(row.plugin(), row.step());
  }

  /**
   * Whether this one, declared with {@code after}, comes after the other one.
   *
   * @param after as in {@link StepSpec#after(String...)}
   */
  boolean comesAfter(List<String> after, StepRef other) {
    return !equals(other) && (after.contains(other.plugin) || after.contains(other.toString()));
  }

  /** The same of rows. */
  static boolean comesAfter(JournalRow later, JournalRow earlier) {
    return of(later).comesAfter(later.after(), of(earlier));
  }

  @Override
  public String toString() {
    return plugin + "/" + step;
  }
}
