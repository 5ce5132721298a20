package dev.banger.core.plugins;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Versions of a plugin that another one can do with: bounds with spaces between them, each one of
 * {@code >= > <= < =} and one to three numbers. A bare version is refused, because people disagree
 * on what it means.
 */
record VersionRange(List<Bound> bounds) {
  private static final Pattern BOUND =
      Pattern.compile("(>=|>|<=|<|=)(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?");
  private static final Pattern VERSION =
      Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(-.+)?");

  VersionRange {
    bounds = List.copyOf(bounds);
  }

  record Bound(String operator, int major, int minor, int patch) {}

  /**
   * @throws IllegalArgumentException saying how it is written
   */
  static VersionRange parse(String text) {
    List<Bound> bounds = new ArrayList<>();
    for (String part : text.strip().split(" +")) {
      Matcher matcher = BOUND.matcher(part);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "versions are written like \">=1.0 <2\", not \"" + text + "\"");
      }
      bounds.add(
          new Bound(
              matcher.group(1),
              number(matcher.group(2)),
              number(matcher.group(3)),
              number(matcher.group(4))));
    }
    return new VersionRange(bounds);
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /**
   * @param version as manifests have it; what comes before a release counts as less than it
   */
  boolean admits(String version) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches() && bounds.stream().allMatch(bound -> holds(bound, matcher));
  }

  private static boolean holds(Bound bound, Matcher version) {
    int order = Integer.compare(number(version.group(1)), bound.major());
    order = order != 0 ? order : Integer.compare(number(version.group(2)), bound.minor());
    order = order != 0 ? order : Integer.compare(number(version.group(3)), bound.patch());
    if (order == 0 && version.group(4) != null) {
      order = -1;
    }
    return switch (bound.operator()) {
      case ">=" -> order >= 0;
      case ">" -> order > 0;
      case "<=" -> order <= 0;
      case "<" -> order < 0;
      default -> order == 0;
    };
  }
}
