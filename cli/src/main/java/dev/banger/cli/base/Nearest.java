package dev.banger.cli.base;

/** Finds the word that was probably meant. */
public final class Nearest {
  private Nearest() {}

  /**
   * The candidate with the fewest typing slips (a letter too many, missing, wrong, or two swapped)
   * from {@code word}; where none is nearer than a third of its length, at least one slip, the only
   * one that begins with it; else null.
   */
  public static String to(String word, Iterable<String> candidates) {
    String best = null;
    int fewest = Math.max(1, (word.length() + 1) / 3) + 1;
    for (String candidate : candidates) {
      int slips = slips(word, candidate);
      if (slips < fewest) {
        fewest = slips;
        best = candidate;
      }
    }
    return best == null ? onlyOneBeginningWith(word, candidates) : best;
  }

  private static String onlyOneBeginningWith(String word, Iterable<String> candidates) {
    String only = null;
    for (String candidate : candidates) {
      if (candidate.startsWith(word)) {
        if (only != null) {
          return null;
        }
        only = candidate;
      }
    }
    return only;
  }

  private static int slips(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + wrong);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
