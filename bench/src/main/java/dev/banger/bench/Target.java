package dev.banger.bench;

import java.util.Locale;

/**
 * What the median of a ratio is to be.
 *
 * @param limit not a number when there is no target
 * @param isCeiling whether it is to be at most that; else at least
 */
record Target(double limit, boolean isCeiling) {
  static final Target NONE = new Target(Double.NaN, true);

  static Target atMost(double limit) {
    return new Target(limit, true);
  }

  static Target atLeast(double limit) {
    return new Target(limit, false);
  }

  boolean metBy(double median) {
    return Double.isNaN(limit) || (isCeiling ? median <= limit : median >= limit);
  }

  @Override
  public String toString() {
    return Double.isNaN(limit)
        ? "-"
        : String.format(Locale.ROOT, "%s%.2f", isCeiling ? "<" : ">", limit);
  }
}
