package dev.banger.testkit;

import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.TerminalStreams;
import java.io.IOException;

/** A look at a {@link FakeJob}. */
final class FakeJobConnection implements JobConnection {
  private final FakeJob job;
  private final JobView view;
  private final GuestJob atFirst;
  private final long[] positions;
  private boolean closed;
  private boolean over;

  FakeJobConnection(FakeJob job, JobView view, long stdout, long stderr) {
    this.job = job;
    this.view = view;
    this.atFirst = job.view();
    this.positions = new long[] {stdout, stderr};
  }

  JobView.Input input() {
    return view.input();
  }

  boolean insists() {
    return view.insist() && view.follow();
  }

  long position(boolean error) {
    return positions[error ? 1 : 0];
  }

  @Override
  public GuestJob job() {
    return atFirst;
  }

  @Override
  public Event next() throws IOException, InterruptedException {
    synchronized (job) {
      while (!over) {
        insistOpen();
        Event event = job.at(false, positions[0]);
        event = event == null ? job.at(true, positions[1]) : event;
        if (event != null) {
          move(event);
          return event;
        }
        if (!job.view().isRunning()) {
          over = true;
          return new Ended(job.view());
        }
        if (!view.follow()) {
          over = true;
          return null;
        }
        job.wait();
      }
    }
    return null;
  }

  private void move(Event event) {
    switch (event) {
      case Output output ->
          positions[output.error() ? 1 : 0] = output.position() + output.bytes().length;
      case Dropped dropped -> positions[dropped.error() ? 1 : 0] = dropped.to();
      case Ended _ -> over = true;
    }
  }

  private void insistOpen() throws IOException {
    synchronized (job) {
      if (closed) {
        throw new IOException("the link to the guest was lost");
      }
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    insistMaySend();
    job.send(bytes, offset, length);
  }

  @Override
  public void endInput() throws IOException {
    insistMaySend();
    job.endInput();
  }

  private void insistMaySend() throws IOException {
    insistOpen();
    if (view.input() == JobView.Input.NONE) {
      close();
      throw new IOException("input from a connection that asked for none");
    }
  }

  @Override
  public void resize(TerminalStreams.Size size) throws IOException {
    insistOpen();
  }

  void cut() {
    close();
  }

  @Override
  public void close() {
    synchronized (job) {
      closed = true;
      job.remove(this);
    }
  }
}
