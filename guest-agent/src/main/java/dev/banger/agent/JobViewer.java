package dev.banger.agent;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.GuestMessage.JobConnect;
import dev.banger.protocol.JobFrame;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.OutputStream;

/** One connection to a job: sends what is kept and what comes, takes what is to be its input. */
final class JobViewer {
  /** Also how soon a viewer that is gone is noticed while nothing comes. */
  private static final long WAIT_MILLIS = 500;

  private static final int CHUNK = 32 * 1024;

  private final Job job;
  private final JobPump pump;
  private final MuxStream stream;
  private final JobConnect request;
  private final Side stdout;
  private final Side stderr;
  private volatile boolean gone;
  private boolean errorFirst;

  /** How far one output has been sent. Wants the job's monitor. */
  private static final class Side {
    final boolean error;
    final long until;
    long position;

    Side(boolean error, JobStream kept, long asked, boolean follow) {
      this.error = error;
      this.until = follow ? Long.MAX_VALUE : kept.to();
      if (asked == JobConnect.OLDEST) {
        position = kept.from();
      } else {
        position = asked == JobConnect.NOW ? kept.to() : asked;
      }
    }
  }

  JobViewer(Job job, JobPump pump, MuxStream stream, JobConnect request) {
    this.job = job;
    this.pump = pump;
    this.stream = stream;
    this.request = request;
    synchronized (job) {
      boolean follow = request.follow();
      stdout = new Side(false, job.output(false).kept, request.stdoutFrom(), follow);
      stderr = new Side(true, job.output(true).kept, request.stderrFrom(), follow);
    }
  }

  boolean insists() {
    return request.insist() && request.follow();
  }

  long position(boolean error) {
    return error ? stderr.position : stdout.position;
  }

  boolean isHere() {
    return !gone && stream.isOpen();
  }

  /** Until the other side has gone away. */
  void run() throws InterruptedException {
    Threads.start("job-" + job.id(), this::send);
    try {
      ByteFrame frame = ByteFrames.read(stream.in());
      while (frame != null) {
        take(frame);
        frame = ByteFrames.read(stream.in());
      }
    } catch (IOException e) {
      // The host gave the stream up, or broke the protocol: either way nobody is there any more.
    } finally {
      gone = true;
      synchronized (job) {
        job.notifyAll();
      }
    }
  }

  private void take(ByteFrame frame) throws IOException {
    switch (frame.kind()) {
      case ByteFrames.STDIN -> {
        if (!job.input().mayWrite(this)) {
          throw new IOException("input from a connection that asked for none");
        }
        if (frame.isEndOfStream()) {
          job.input().end(this::isHere);
        } else {
          job.input().write(frame.payload(), this::isHere);
        }
      }
      case ByteFrames.RESIZE -> job.resize(frame.rows(), frame.columns());
      default -> throw new IOException("frame of kind " + frame.kind() + " from the host");
    }
  }

  private void send() {
    OutputStream out = stream.out();
    byte[] chunk = new byte[CHUNK];
    try (JobStream.Reader outReader = new JobStream.Reader();
        JobStream.Reader errReader = new JobStream.Reader()) {
      Side side = next();
      while (side != null) {
        send(side, side.error ? errReader : outReader, chunk, out);
        side = next();
      }
      if (isHere()) {
        if (job.isOver()) {
          JobFrame.writeEnded(out, job.report());
        }
        out.close();
      }
    } catch (IOException e) {
      // Nobody is there to be told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      Log.defect("job " + job.id(), e);
      stream.reset();
    }
  }

  /**
   * Waits for something to send; null when there will be nothing. Both outputs have their turns.
   */
  private Side next() throws InterruptedException {
    synchronized (job) {
      while (isHere()) {
        errorFirst = !errorFirst;
        Side one = errorFirst ? stderr : stdout;
        Side other = errorFirst ? stdout : stderr;
        if (hasMore(one)) {
          return one;
        }
        if (hasMore(other)) {
          return other;
        }
        if (!request.follow() || job.isOver()) {
          return null;
        }
        job.wait(WAIT_MILLIS);
      }
    }
    return null;
  }

  private boolean hasMore(Side side) {
    return side.position < Math.min(side.until, job.output(side.error).kept.to());
  }

  private void send(Side side, JobStream.Reader reader, byte[] chunk, OutputStream out)
      throws IOException {
    long position;
    long dropped;
    JobStream.Slice slice;
    synchronized (job) {
      JobStream kept = job.output(side.error).kept;
      position = side.position;
      dropped = Math.max(position, kept.from());
      slice = kept.at(position);
    }
    int count = slice == null ? -1 : reader.read(slice, position, chunk);
    if (count > 0) {
      count = (int) Math.min(count, side.until - position);
      JobFrame.write(out, side.error ? JobFrame.STDERR : JobFrame.STDOUT, position, chunk, count);
      move(side, position + count);
      return;
    }
    // Deleted meanwhile; or cut short by somebody in the guest, and then no wait brings it back.
    long end = dropped > position ? dropped : slice == null ? position + 1 : slice.end();
    JobFrame.writeDropped(
        out, side.error ? JobFrame.STDERR_DROPPED : JobFrame.STDOUT_DROPPED, position, end);
    move(side, end);
  }

  private void move(Side side, long to) {
    boolean waited;
    synchronized (job) {
      side.position = to;
      JobOutput output = job.output(side.error);
      output.taken(to);
      waited = output.letOn();
    }
    if (waited) {
      pump.ring();
    }
  }
}
