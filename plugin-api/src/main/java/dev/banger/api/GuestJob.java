package dev.banger.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job as the guest told it: bounded and cleaned of control characters, and true as far as the
 * guest is.
 *
 * @param envNames names of the variables it was given, sorted
 * @param terminal whether it runs on a terminal: all its output is {@link #stdout} then
 * @param pid of its command in the guest; when that has ended, of the process group that it has
 *     left behind; 0 when there is neither
 * @param endedAt when it ended; empty while it runs
 * @param exitCode 128 + n when killed by signal n, as shells have it; empty while it runs and when
 *     it was {@link State#LOST}
 * @param inputBytes how much of what was sent has reached its standard input
 * @param inputOpen whether more may be sent
 * @param connections how many look at it now
 * @param remark what went wrong with keeping its output, or empty
 */
public record GuestJob(
    String id,
    State state,
    List<String> argv,
    String cwd,
    List<String> envNames,
    boolean terminal,
    long pid,
    Instant startedAt,
    Optional<Instant> endedAt,
    OptionalInt exitCode,
    Kept stdout,
    Kept stderr,
    long inputBytes,
    boolean inputOpen,
    int connections,
    String remark) {
  public GuestJob {
    argv = List.copyOf(argv);
    envNames = List.copyOf(envNames);
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  /** What became of it. More may come: treat an unknown one as {@link #LOST}. */
  public enum State {
    RUNNING,
    ENDED,
    /** The guest went down while it ran. */
    LOST
  }

  /**
   * The part of a stream that can still be read.
   *
   * @param from position of the oldest byte that is kept: how many before it were dropped
   * @param to position after the newest: how many bytes there were in all
   */
  public record Kept(long from, long to) {
    public static final Kept NONE = new Kept(0, 0);
  }
}
