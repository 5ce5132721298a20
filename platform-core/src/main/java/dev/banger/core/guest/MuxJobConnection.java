package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestJobLink.Connection;
import dev.banger.core.lifecycle.GuestJobLink.Dropped;
import dev.banger.core.lifecycle.GuestJobLink.Ended;
import dev.banger.core.lifecycle.GuestJobLink.Event;
import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Output;
import dev.banger.core.lifecycle.GuestJobLink.View;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.JobFrame;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;

/** A look at a job and its stream. What is not read stays in the stream's window. */
final class MuxJobConnection implements Connection {
  private final MuxStream stream;
  private final Job job;

  /** Where each output goes on; -1 while the agent has not said where it begins. */
  private final long[] expected;

  /** Up to where there may be output. */
  private final long[] announced;

  private boolean over;

  MuxJobConnection(MuxStream stream, Job job, View view) {
    this.stream = stream;
    this.job = job;
    this.expected = new long[] {begin(view.stdoutFrom()), begin(view.stderrFrom())};
    this.announced =
        view.follow()
            ? new long[] {Long.MAX_VALUE, Long.MAX_VALUE}
            : new long[] {job.stdout().to(), job.stderr().to()};
  }

  private static long begin(long asked) {
    return Math.max(asked, -1);
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public Event next() throws IOException, InterruptedException {
    if (over) {
      return null;
    }
    try {
      JobFrame frame = JobFrame.read(stream.in());
      while (frame != null && isEmpty(frame)) {
        frame = JobFrame.read(stream.in());
      }
      if (frame == null) {
        over = true;
        return null;
      }
      return event(frame);
    } catch (InterruptedIOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  private static boolean isEmpty(JobFrame frame) {
    return frame.kind() <= JobFrame.STDERR && frame.rest().length == 0;
  }

  private Event event(JobFrame frame) throws IOException {
    return switch (frame.kind()) {
      case JobFrame.STDOUT, JobFrame.STDERR -> {
        boolean error = frame.kind() == JobFrame.STDERR;
        long end = frame.position() + frame.rest().length;
        advance(error, frame.position(), end);
        insistAnnounced(error, end);
        yield new Output(error, frame.position(), frame.rest());
      }
      case JobFrame.STDOUT_DROPPED, JobFrame.STDERR_DROPPED -> {
        boolean error = frame.kind() == JobFrame.STDERR_DROPPED;
        advance(error, frame.position(), frame.droppedTo());
        yield new Dropped(error, frame.position(), frame.droppedTo());
      }
      default -> {
        over = true;
        yield new Ended(ended(frame));
      }
    };
  }

  /** An agent that skips, repeats or goes back is not to be believed. */
  private void advance(boolean error, long from, long to) throws ProtocolException {
    int which = error ? 1 : 0;
    if (to < from || (expected[which] >= 0 && from != expected[which])) {
      throw new ProtocolException("output at %d instead of %d".formatted(from, expected[which]));
    }
    expected[which] = to;
  }

  /** Who asked for what is kept must come to an end of it. */
  private void insistAnnounced(boolean error, long end) throws ProtocolException {
    long most = announced[error ? 1 : 0];
    if (end > most) {
      throw new ProtocolException("output up to %d, where %d was announced".formatted(end, most));
    }
  }

  private Job ended(JobFrame frame) throws IOException {
    GuestMessage message = MessageCodec.read(new ByteArrayInputStream(frame.rest()));
    if (message instanceof GuestMessage.JobReport report
        && report.id().equals(job.id())
        && report.state() != GuestMessage.JobReport.RUNNING) {
      return JobReports.of(report);
    }
    throw new ProtocolException("the end of a job without a report of it");
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, ByteFrames.MAX_PAYLOAD);
      ByteFrames.write(stream.out(), ByteFrames.STDIN, bytes, offset + done, count);
      done += count;
    }
  }

  @Override
  public void endInput() throws IOException {
    ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
  }

  @Override
  public void resize(int rows, int cols) throws IOException {
    ByteFrames.writeResize(stream.out(), rows, cols);
  }

  @Override
  public void close() {
    stream.close();
  }
}
