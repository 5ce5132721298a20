package dev.banger.core.vmm.firecracker;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Firecracker's version, and what follows from it. */
record FirecrackerVersion(int major, int minor, int patch)
    implements Comparable<FirecrackerVersion> {
  /** First line of {@code firecracker --version}, for example {@code Firecracker v1.16.1}. */
  private static final Pattern LINE =
      Pattern.compile(
          "Firecracker v([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})([-+][0-9A-Za-z.+-]{0,60})?");

  /** Every request sent is known to it. */
  static final FirecrackerVersion OLDEST = new FirecrackerVersion(1, 10, 0);

  private static final FirecrackerVersion DEAF_AFTER_RESUME = new FirecrackerVersion(1, 16, 0);
  private static final FirecrackerVersion DEAF_AFTER_RESUME_TOO = new FirecrackerVersion(1, 16, 1);

  /** Empty when the output does not begin like Firecracker's. */
  static Optional<FirecrackerVersion> parse(String output) {
    Matcher matcher = LINE.matcher(output.lines().findFirst().orElse("").strip());
    return matcher.matches()
        ? Optional.of(
            new FirecrackerVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  boolean tooOld() {
    return compareTo(OLDEST) < 0;
  }

  /**
   * Whether a guest can be reached after it was paused and resumed. In these two releases the vsock
   * device waits for an acknowledgement that only a restored guest gives, and every later
   * connection from the host hangs.
   */
  boolean survivesPause() {
    return !equals(DEAF_AFTER_RESUME) && !equals(DEAF_AFTER_RESUME_TOO);
  }

  @Override
  public int compareTo(FirecrackerVersion other) {
    return Comparator.comparingInt(FirecrackerVersion::major)
        .thenComparingInt(FirecrackerVersion::minor)
        .thenComparingInt(FirecrackerVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return "%d.%d.%d".formatted(major, minor, patch);
  }
}
