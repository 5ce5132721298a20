package dev.banger.cli.base;

import java.util.Locale;

/** Sizes, durations and counts as people type and read them. */
public final class Quantities {
  /** Least memory of a VM, in MiB. */
  public static final long LEAST_MEMORY_MIB = 64;

  private static final long LARGEST_MIB = 1L << 30;
  private static final long LONGEST_MILLIS = 7L * 24 * 60 * 60 * 1000;

  private Quantities() {}

  /**
   * A size in MiB: {@code 1GiB}, {@code 512MiB}, {@code 2g}, {@code 2048} (MiB when bare). Units
   * are powers of 1024, and their case does not matter.
   *
   * @param what the noun for the message, for example {@code memory}
   * @param option for the hint, for example {@code --memory}
   * @param least smallest allowed, in MiB
   * @param example a size that is allowed
   */
  public static long sizeMiB(String text, String what, String option, long least, String example) {
    int digits = 0;
    boolean negative = text.startsWith("-");
    int start = negative ? 1 : 0;
    int at = start;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      digits += text.charAt(at) == '.' ? 0 : 1;
      at++;
    }
    double factor = factor(text.substring(at).strip().toLowerCase(Locale.ROOT));
    double number = digits == 0 ? Double.NaN : decimal(text.substring(start, at));
    double mib = (negative ? -number : number) * factor;
    String hint = option + " " + example + ", or leave it out for the default";
    if (Double.isNaN(mib)) {
      throw Failure.usage(
          what + " must be a size like " + example + ", got \"" + text + "\"", hint);
    }
    if (mib < least) {
      throw Failure.usage(what + " must be at least " + least + " MiB, got " + text, hint);
    }
    if (mib > LARGEST_MIB) {
      throw Failure.usage(what + " must be at most 1 PiB, got " + text, hint);
    }
    if (mib != Math.rint(mib)) {
      throw Failure.usage(what + " must be a whole number of MiB, got " + text, hint);
    }
    return (long) mib;
  }

  private static double factor(String unit) {
    return switch (unit) {
      case "", "m", "mb", "mib" -> 1;
      case "k", "kb", "kib" -> 1 / 1024.0;
      case "g", "gb", "gib" -> 1024;
      case "t", "tb", "tib" -> 1024 * 1024;
      default -> Double.NaN;
    };
  }

  private static double decimal(String digits) {
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * A duration in milliseconds: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}; a bare number
   * counts seconds. At most seven days.
   */
  public static long millis(String text, String option) {
    int at = 0;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    double factor =
        switch (text.substring(at).strip().toLowerCase(Locale.ROOT)) {
          case "ms" -> 1;
          case "", "s" -> 1000;
          case "m", "min" -> 60_000;
          case "h" -> 3_600_000;
          default -> Double.NaN;
        };
    double millis = at == 0 ? Double.NaN : decimal(text.substring(0, at)) * factor;
    String hint = option + " 30s, or 500ms, 2m, 1h";
    if (Double.isNaN(millis)) {
      throw Failure.usage(option + " must be a duration like 30s, got \"" + text + "\"", hint);
    }
    if (millis < 1) {
      throw Failure.usage(option + " must be more than 0, got " + text, hint);
    }
    if (millis > LONGEST_MILLIS) {
      throw Failure.usage(option + " must be at most 7 days, got " + text, hint);
    }
    return (long) millis;
  }

  /** A whole number from {@code least} to {@code most}. */
  public static long count(String text, String what, long least, long most, String hint) {
    long count;
    try {
      count = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Failure.usage(what + " must be a whole number, got \"" + text + "\"", hint);
    }
    if (count < least) {
      throw Failure.usage(what + " must be at least " + least + ", got " + text, hint);
    }
    if (count > most) {
      throw Failure.usage(what + " must be at most " + most + ", got " + text, hint);
    }
    return count;
  }

  /** {@code 12 ms}, {@code 30.0 s}, {@code 2 min 5 s}. */
  public static String elapsed(long millis) {
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 120_000) {
      long tenths = (millis + 50) / 100;
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    long seconds = millis / 1000;
    return seconds < 7200
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }

  /** {@code 512 MiB}, {@code 2 GiB}, {@code 1.5 GiB}. */
  public static String mib(long mib) {
    if (mib < 1024) {
      return mib + " MiB";
    }
    long tenths = (mib * 10 + 512) / 1024;
    return tenths % 10 == 0 ? tenths / 10 + " GiB" : tenths / 10 + "." + tenths % 10 + " GiB";
  }

  /** {@code 12 B}, {@code 3 KB}, {@code 4 MB}: as much as one wants to know. */
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return (bytes + 500) / 1000 + " KB";
    }
    if (bytes < 1_000_000_000) {
      return (bytes + 500_000) / 1_000_000 + " MB";
    }
    long tenths = (bytes + 50_000_000) / 100_000_000;
    return tenths / 10 + "." + tenths % 10 + " GB";
  }
}
