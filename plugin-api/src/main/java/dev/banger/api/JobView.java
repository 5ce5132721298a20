package dev.banger.api;

/**
 * How to look at a job.
 *
 * @param stdoutFrom a position, {@link #OLDEST} or {@link #NOW}
 * @param stderrFrom the same for the other stream
 * @param follow whether to wait for more, until the job ends; else what is kept now is all
 * @param insist whether the job waits for this reader instead of running ahead of it and dropping
 *     what was not read
 * @param input whether to send to its standard input
 */
public record JobView(
    long stdoutFrom, long stderrFrom, boolean follow, boolean insist, Input input) {
  /** From the oldest byte that is kept. */
  public static final long OLDEST = -1;

  /** Only what comes from now on. */
  public static final long NOW = -2;

  /** Who may send. */
  public enum Input {
    NONE,
    /** Nobody else until this connection ends. */
    ALONE,
    /** Beside others that say the same. */
    SHARED
  }

  public JobView {
    if (stdoutFrom < NOW || stderrFrom < NOW) {
      throw new IllegalArgumentException("a position is 0 or more, OLDEST or NOW");
    }
  }

  /** All that is kept, and no more. */
  public static JobView kept() {
    return new JobView(OLDEST, OLDEST, false, false, Input.NONE);
  }
}
