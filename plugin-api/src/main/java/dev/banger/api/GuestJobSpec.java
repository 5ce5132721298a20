package dev.banger.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a job runs and how.
 *
 * @param id 1 to 63 lower-case letters, digits and hyphens, a letter or digit first; unique in the
 *     guest until the job is forgotten
 * @param argv the program (a path, or a name on the guest's {@code PATH}) and its arguments
 * @param cwd absolute, or empty for {@code /root}
 * @param env added to the guest's default environment; only its names are kept
 * @param terminal its size, to run on a terminal of its own; on three pipes when empty
 * @param keepBytes how much of each output stream is kept, 64 KiB to 1 GiB
 * @param waits what happens when that is full: true to let the job wait until somebody has read, as
 *     a pipe does; false to drop the oldest
 */
public record GuestJobSpec(
    String id,
    List<String> argv,
    String cwd,
    Map<String, String> env,
    Optional<TerminalStreams.Size> terminal,
    long keepBytes,
    boolean waits) {
  public static final long LEAST_KEPT = 64 << 10;
  public static final long MOST_KEPT = 1 << 30;

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  public GuestJobSpec {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not an id for a job: \"" + id + "\"");
    }
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a job needs at least a program");
    }
    if (keepBytes < LEAST_KEPT || keepBytes > MOST_KEPT) {
      throw new IllegalArgumentException(
          "a job keeps %d to %d bytes, not %d".formatted(LEAST_KEPT, MOST_KEPT, keepBytes));
    }
  }
}
