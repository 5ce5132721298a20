package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much is taken from a guest at once.
 *
 * @param bytes of all files, unpacked
 * @param entries files, links and directories, or objects of git
 */
record Limits(long bytes, long entries) {
  static final long MOST_ENTRIES = 1_000_000;
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})(MiB|GiB)");

  static Limits of(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "--max-size must be a size such as 512MiB or 4GiB, got \"%s\"".formatted(size),
          "--max-size 8GiB");
    }
    long unit = matcher.group(2).equals("MiB") ? 1 << 20 : 1 << 30;
    return new Limits(Long.parseLong(matcher.group(1)) * unit, MOST_ENTRIES);
  }

  /** The guest sends more than that. */
  CapabilityException tooMuch(String what) {
    return new CapabilityException(
        FailureKind.GUEST,
        "%s: more than the %s that are taken from a guest".formatted(what, words()),
        "clear away in the guest what should stay there, or give --max-size");
  }

  CapabilityException tooMany(String what) {
    return new CapabilityException(
        FailureKind.GUEST,
        String.format(Locale.ROOT, "%s: more than %,d are not taken from a guest", what, entries),
        "clear away in the guest what should stay there");
  }

  /** Of a stream, headers and the like included, while there are so many entries. */
  long stream(long soFar) {
    return bytes + soFar * 2048 + (16L << 20);
  }

  private String words() {
    return bytes % (1 << 30) == 0 ? (bytes >> 30) + " GiB" : (bytes >> 20) + " MiB";
  }
}
