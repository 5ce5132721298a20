package dev.banger.core.plugins;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The API a plugin needs: {@code >=MAJOR.MINOR <MAJOR}, both bounds always written. A bare version
 * is refused, because people disagree on what it means.
 */
record ApiRange(int major, int minor, int belowMajor) {
  private static final Pattern SHAPE =
      Pattern.compile(">=(\\d{1,4})(?:\\.(\\d{1,4}))? <(\\d{1,4})");

  static ApiRange parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("api is written like \">=1.0 <2\", not \"" + text + "\"");
    }
    int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return new ApiRange(
        Integer.parseInt(matcher.group(1)), minor, Integer.parseInt(matcher.group(3)));
  }

  boolean admits(int haveMajor, int haveMinor) {
    boolean newEnough = haveMajor > major || (haveMajor == major && haveMinor >= minor);
    return newEnough && haveMajor < belowMajor;
  }

  @Override
  public String toString() {
    return ">=%d.%d <%d".formatted(major, minor, belowMajor);
  }
}
