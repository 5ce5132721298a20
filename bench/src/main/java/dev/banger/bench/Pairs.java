package dev.banger.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two ways of doing something, timed in turns, so that a busy host slows both. What counts is the
 * ratio inside each pair; the absolute times are printed so that it can be judged.
 */
final class Pairs {
  /** Something that takes time. */
  @FunctionalInterface
  interface Timed {
    /** Nanoseconds it took. */
    long run() throws Exception;
  }

  private final PrintStream out;
  private int over;

  Pairs(PrintStream out) {
    this.out = out;
  }

  static void heading(PrintStream out) {
    out.printf(
        "%-34s %-26s %5s  %7s %7s  %7s %-4s  %9s %9s%n",
        "what", "against", "pairs", "median", "p90", "target", "", "ms", "ms");
  }

  /** How many medians missed their targets. */
  int over() {
    return over;
  }

  /** {@link #compare(String, Timed, String, Timed, int, Target)} without a target. */
  void compare(String what, Timed ours, String against, Timed baseline, int count)
      throws Exception {
    compare(what, ours, against, baseline, count, Target.NONE);
  }

  /** One warm-up of each, then {@code count} pairs; prints one line. */
  void compare(String what, Timed ours, String against, Timed baseline, int count, Target target)
      throws Exception {
    baseline.run();
    ours.run();
    List<Double> ratios = new ArrayList<>();
    List<Double> mine = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // The order changes, for the second of two may find warmer caches.
      long first;
      long second;
      if (i % 2 == 0) {
        first = ours.run();
        second = baseline.run();
      } else {
        second = baseline.run();
        first = ours.run();
      }
      ratios.add((double) first / second);
      mine.add(first / 1e6);
      theirs.add(second / 1e6);
    }
    print(what, against, ratios, target, quantile(mine, 0.5), quantile(theirs, 0.5));
  }

  /**
   * One line of figures that were gathered elsewhere.
   *
   * @param ours median of what is printed in the last columns but one, in milliseconds or any other
   *     unit that {@code what} names
   */
  void print(
      String what, String against, List<Double> ratios, Target target, double ours, double theirs) {
    double median = quantile(ratios, 0.5);
    boolean met = target.metBy(median);
    over += met ? 0 : 1;
    out.printf(
        Locale.ROOT,
        "%-34s %-26s %5d  %7.2f %7.2f  %7s %-4s  %9.1f %9.1f%n",
        what,
        against,
        ratios.size(),
        median,
        quantile(ratios, target.isCeiling() ? 0.9 : 0.1),
        target,
        target.equals(Target.NONE) ? "" : met ? "ok" : "over",
        ours,
        theirs);
    out.flush();
  }

  /** Nearest rank; the median of an even number is the mean of the middle two. */
  static double quantile(List<Double> values, double q) {
    List<Double> sorted = values.stream().sorted().toList();
    if (q == 0.5 && sorted.size() % 2 == 0) {
      int half = sorted.size() / 2;
      return (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
    int rank = (int) Math.ceil(q * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
