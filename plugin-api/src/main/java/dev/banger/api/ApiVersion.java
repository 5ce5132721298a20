package dev.banger.api;

/**
 * The version of this API, independent of banger's own.
 *
 * <p>The major number grows when a plugin built before would no longer work, the minor number when
 * something was added.
 */
public final class ApiVersion {
  public static final int MAJOR = 1;
  public static final int MINOR = 0;

  private ApiVersion() {}

  /** For example {@code 1.0}. */
  public static String current() {
    return MAJOR + "." + MINOR;
  }

  /** What a plugin built against this API needs, for example {@code >=1.0 <2}. */
  public static String range() {
    return ">=%d.%d <%d".formatted(MAJOR, MINOR, MAJOR + 1);
  }
}
