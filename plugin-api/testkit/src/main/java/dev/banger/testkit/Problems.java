package dev.banger.testkit;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong at some of many points. */
final class Problems {
  private static final int SHOWN = 5;

  private final List<String> found = new ArrayList<>();
  private int tried;

  /** One more point was tried. */
  void tried(String where, List<String> problems) {
    tried++;
    if (!problems.isEmpty()) {
      found.add(where + ": " + String.join("; ", problems));
    }
  }

  /** Fails when there was any, naming the first few. */
  void check() {
    if (!found.isEmpty()) {
      throw new AssertionError(
          "wrong at %d of %d points, first:%n  %s"
              .formatted(
                  found.size(),
                  tried,
                  String.join(
                      System.lineSeparator() + "  ",
                      found.subList(0, Math.min(SHOWN, found.size())))));
    }
  }

  /** Fails when there is any. */
  static void none(String what, List<String> problems) {
    if (!problems.isEmpty()) {
      throw new AssertionError(
          what
              + ":"
              + System.lineSeparator()
              + "  "
              + String.join(System.lineSeparator() + "  ", problems));
    }
  }
}
