package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.TerminalStreams;
import dev.banger.core.lifecycle.GuestJobLink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What plugins do with jobs of a guest, in terms of a {@link GuestJobLink}. */
final class JobCalls {
  private static final int MOST_SIGNAL = 64;

  private final GuestJobLink link;

  JobCalls(GuestJobLink link) {
    this.link = link;
  }

  GuestJob start(GuestJobSpec spec, Duration deadline) {
    return view(
        link.start(
            new GuestJobLink.Spec(
                spec.id(),
                spec.argv(),
                spec.cwd(),
                spec.env(),
                spec.terminal().isPresent(),
                spec.terminal().map(TerminalStreams.Size::rows).orElse(0),
                spec.terminal().map(TerminalStreams.Size::columns).orElse(0),
                spec.keepBytes(),
                spec.waits()),
            deadline));
  }

  List<GuestJob> list(Duration deadline) {
    return link.list(deadline).stream().map(JobCalls::view).toList();
  }

  GuestJob show(String id, Duration deadline) {
    return view(link.show(id, deadline));
  }

  JobConnection connect(String id, JobView view, Duration deadline) {
    GuestJobLink.View how =
        new GuestJobLink.View(
            view.stdoutFrom(),
            view.stderrFrom(),
            view.follow(),
            view.insist(),
            switch (view.input()) {
              case NONE -> GuestJobLink.Input.NONE;
              case ALONE -> GuestJobLink.Input.ALONE;
              case SHARED -> GuestJobLink.Input.SHARED;
            });
    return new Connected(link.connect(id, how, deadline));
  }

  void signal(String id, int signal, Duration deadline) {
    if (signal < 1 || signal > MOST_SIGNAL) {
      throw new CapabilityException(
          FailureKind.INVALID, "a signal is 1 to %d, not %d".formatted(MOST_SIGNAL, signal));
    }
    link.signal(id, signal, deadline);
  }

  void forget(String id, Duration deadline) {
    link.forget(id, deadline);
  }

  private static GuestJob view(GuestJobLink.Job job) {
    return new GuestJob(
        job.id(),
        switch (job.state()) {
          case RUNNING -> GuestJob.State.RUNNING;
          case ENDED -> GuestJob.State.ENDED;
          case LOST -> GuestJob.State.LOST;
        },
        job.command(),
        job.cwd(),
        job.envNames(),
        job.tty(),
        job.pid(),
        job.startedAt(),
        job.endedAt(),
        job.exitCode(),
        new GuestJob.Kept(job.stdout().from(), job.stdout().to()),
        new GuestJob.Kept(job.stderr().from(), job.stderr().to()),
        job.inputBytes(),
        job.inputOpen(),
        job.connections(),
        job.remark());
  }

  private record Connected(GuestJobLink.Connection connection) implements JobConnection {
    @Override
    public GuestJob job() {
      return view(connection.job());
    }

    @Override
    public Event next() throws IOException, InterruptedException {
      return switch (connection.next()) {
        case null -> null;
        case GuestJobLink.Output output ->
            new Output(output.error(), output.position(), output.bytes());
        case GuestJobLink.Dropped dropped ->
            new Dropped(dropped.error(), dropped.from(), dropped.to());
        case GuestJobLink.Ended ended -> new Ended(view(ended.job()));
      };
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      connection.write(bytes, offset, length);
    }

    @Override
    public void endInput() throws IOException {
      connection.endInput();
    }

    @Override
    public void resize(TerminalStreams.Size size) throws IOException {
      connection.resize(size.rows(), size.columns());
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
