package dev.banger.api;

import java.io.IOException;

/**
 * A look at a job. One thread reads, others may send. What throws {@link IOException} has lost the
 * guest; the job runs on, and {@link GuestJobs#connect} finds it again.
 */
public interface JobConnection extends AutoCloseable {
  /** The job as it was when the connection was made. */
  GuestJob job();

  /**
   * What comes next, in order within each stream. Waits for it; the job waits when it is slow, if
   * the {@link JobView} insisted.
   *
   * @return null after {@link Ended}, and at the end of what is kept when not following
   */
  Event next() throws IOException, InterruptedException;

  /** Sends to its standard input, as is. Waits while the job does not read. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** The end of its standard input; on a terminal control-D is typed. */
  void endInput() throws IOException;

  /** Nothing happens when it does not run on a terminal. */
  void resize(TerminalStreams.Size size) throws IOException;

  /** May be repeated, from any thread. The job does not notice. */
  @Override
  void close();

  /** Something that happened. */
  sealed interface Event {}

  /**
   * Output.
   *
   * @param error whether it is of standard error
   * @param position of the first byte
   */
  record Output(boolean error, long position, byte[] bytes) implements Event {}

  /** Bytes that were dropped before they could be read: {@code from} up to, without, {@code to}. */
  record Dropped(boolean error, long from, long to) implements Event {}

  /** The job has ended and all its output has been read. */
  record Ended(GuestJob job) implements Event {}
}
