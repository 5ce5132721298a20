package dev.banger.core.lifecycle;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Commands that a guest keeps running by itself: they outlive the link. Part of a {@link
 * GuestLink}. Refusals are of kind NOT_FOUND, INVALID, CONFLICT, ILLEGAL_STATE or GUEST.
 */
public interface GuestJobLink {
  /** Returns when the command runs. */
  Job start(Spec spec, Duration deadline);

  /** All there are, running and ended, in the order of their start. */
  List<Job> list(Duration deadline);

  Job show(String id, Duration deadline);

  /** The caller closes it. */
  Connection connect(String id, View view, Duration deadline);

  /** To the command's process group; nothing happens when it has ended. */
  void signal(String id, int signal, Duration deadline);

  /** Drops what is kept of one that has ended; nothing happens when there is none. */
  void forget(String id, Duration deadline);

  /**
   * @param id 1 to 63 lower-case letters, digits and hyphens, a letter or digit first
   * @param cwd empty for {@code /root}
   * @param rows terminal size, used when {@code tty}
   * @param keepBytes of each output, 64 KiB to 1 GiB
   * @param waits whether the command waits when that is full, until somebody has read
   */
  record Spec(
      String id,
      List<String> command,
      String cwd,
      Map<String, String> env,
      boolean tty,
      int rows,
      int cols,
      long keepBytes,
      boolean waits) {
    public Spec {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }
  }

  /**
   * @param stdoutFrom a position, -1 for the oldest byte that is kept, -2 for what comes from now
   *     on
   * @param follow whether to wait for more
   * @param insist whether the command waits for this reader
   */
  record View(long stdoutFrom, long stderrFrom, boolean follow, boolean insist, Input input) {}

  /** Who may send. */
  enum Input {
    NONE,
    ALONE,
    SHARED
  }

  /** What became of it. */
  enum State {
    RUNNING,
    ENDED,
    LOST
  }

  /** Bytes {@code from} up to, without, {@code to} of a stream are kept. */
  record Kept(long from, long to) {}

  /**
   * A job as the guest told it, cleaned.
   *
   * @param pid of the command, or of the process group that it has left behind; 0 when there is
   *     neither
   */
  record Job(
      String id,
      State state,
      List<String> command,
      String cwd,
      List<String> envNames,
      boolean tty,
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
    public Job {
      command = List.copyOf(command);
      envNames = List.copyOf(envNames);
    }
  }

  /** A look at a job. One thread reads, others may send. */
  interface Connection extends Closeable {
    Job job();

    /**
     * Waits for what comes next; null when nothing will.
     *
     * @throws IOException when the link was lost or the agent talks nonsense
     */
    Event next() throws IOException, InterruptedException;

    void write(byte[] bytes, int offset, int length) throws IOException;

    void endInput() throws IOException;

    void resize(int rows, int cols) throws IOException;

    @Override
    void close();
  }

  /** Something that happened. */
  sealed interface Event {}

  record Output(boolean error, long position, byte[] bytes) implements Event {}

  record Dropped(boolean error, long from, long to) implements Event {}

  record Ended(Job job) implements Event {}
}
