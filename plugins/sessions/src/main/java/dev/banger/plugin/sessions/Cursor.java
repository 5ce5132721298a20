package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobView;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far somebody has read: positions in both streams of output. Written {@code OUT} or {@code
 * OUT.ERR}, for example {@code 4096.0}.
 */
record Cursor(long stdout, long stderr) {
  static final Cursor OLDEST = new Cursor(JobView.OLDEST, JobView.OLDEST);
  static final Cursor NOW = new Cursor(JobView.NOW, JobView.NOW);

  private static final Pattern SHAPE = Pattern.compile("([0-9]{1,18})(?:\\.([0-9]{1,18}))?");

  /**
   * @param text a cursor, {@code start} for the oldest that is kept, or {@code now}
   */
  static Cursor parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (matcher.matches()) {
      String second = matcher.group(2);
      return new Cursor(
          Long.parseLong(matcher.group(1)), second == null ? 0 : Long.parseLong(second));
    }
    return switch (text) {
      case "start" -> OLDEST;
      case "now" -> NOW;
      default ->
          throw new CapabilityException(
              FailureKind.USAGE,
              "--since takes a cursor such as 4096.0, start or now, got \"%s\"".formatted(text),
              "vm session show tells the cursor of now");
    };
  }

  /** After all that there is. */
  static Cursor end(GuestJob job) {
    return new Cursor(job.stdout().to(), job.stderr().to());
  }

  /** The last {@code bytes} of each stream. */
  static Cursor tail(GuestJob job, long bytes) {
    return new Cursor(tail(job.stdout(), bytes), tail(job.stderr(), bytes));
  }

  private static long tail(GuestJob.Kept kept, long bytes) {
    return Math.max(kept.from(), kept.to() - bytes);
  }

  Cursor withStdout(long position) {
    return new Cursor(position, stderr);
  }

  Cursor withStderr(long position) {
    return new Cursor(stdout, position);
  }

  @Override
  public String toString() {
    return stdout + "." + stderr;
  }
}
