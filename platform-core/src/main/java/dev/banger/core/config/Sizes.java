package dev.banger.core.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512MiB}, {@code 4GiB}, {@code 1TiB}; in powers of 1024. */
public final class Sizes {
  static final String EXPECTED = "a size such as \"512MiB\" or \"4GiB\"";
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})([MGT])(?:iB)?");
  private static final long GIB = 1024;
  private static final long TIB = 1024 * GIB;

  private Sizes() {}

  /**
   * @return the size in MiB
   * @throws IllegalArgumentException when it is none. {@code 4GB} is refused: it says decimal
   *     gigabytes and nearly always means binary ones
   */
  public static long parseMiB(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    long unit =
        switch (parts.group(2)) {
          case "T" -> TIB;
          case "G" -> GIB;
          default -> 1;
        };
    return Long.parseLong(parts.group(1)) * unit;
  }

  /** What {@link #parseMiB} reads back, for example {@code 4GiB}. */
  public static String format(long mib) {
    return written(mib, "");
  }

  /** For sentences, for example {@code 4 GiB}. */
  public static String human(long mib) {
    return written(mib, " ");
  }

  private static String written(long mib, String space) {
    if (mib != 0 && mib % TIB == 0) {
      return String.format(Locale.ROOT, "%d%sTiB", mib / TIB, space);
    }
    if (mib != 0 && mib % GIB == 0) {
      return String.format(Locale.ROOT, "%d%sGiB", mib / GIB, space);
    }
    return String.format(Locale.ROOT, "%d%sMiB", mib, space);
  }
}
