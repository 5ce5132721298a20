package dev.banger.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that was probably meant. */
public final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** The candidate with the fewest edits (Levenshtein), at most a third of the word. */
  public static Optional<String> to(String word, Collection<String> candidates) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    int limit = Math.max(1, word.length() / 3);
    return candidates.stream()
        .map(candidate -> new Match(candidate, distance(word, candidate)))
        .filter(match -> match.distance <= limit)
        .min(Comparator.comparingInt(Match::distance))
        .map(Match::name);
  }

  private record Match(String name, int distance) {}

  static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
