package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestJobLink;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.GuestMessage.JobReport;
import dev.banger.protocol.MuxStream;
import java.time.Duration;
import java.util.List;

/** Jobs, over the link's streams. */
final class MuxJobLink implements GuestJobLink {
  private final Requests requests;

  MuxJobLink(Requests requests) {
    this.requests = requests;
  }

  @Override
  public Job start(Spec spec, Duration deadline) {
    GuestMessage.JobStart request =
        new GuestMessage.JobStart(
            spec.id(),
            spec.command(),
            spec.cwd(),
            spec.env(),
            spec.tty(),
            Math.clamp(spec.rows(), 0, 0xffff),
            Math.clamp(spec.cols(), 0, 0xffff),
            spec.keepBytes(),
            spec.waits());
    return JobReports.of(requests.ask(request, JobReport.class, Deadline.in(deadline)), spec.id());
  }

  @Override
  public List<Job> list(Duration deadline) {
    return requests
        .askAll(new GuestMessage.JobList(), JobReport.class, JobReports.MOST, Deadline.in(deadline))
        .stream()
        .map(JobReports::of)
        .toList();
  }

  @Override
  public Job show(String id, Duration deadline) {
    GuestMessage.JobShow request = new GuestMessage.JobShow(id);
    return JobReports.of(requests.ask(request, JobReport.class, Deadline.in(deadline)), id);
  }

  @Override
  public Connection connect(String id, View view, Duration deadline) {
    GuestMessage.JobConnect request =
        new GuestMessage.JobConnect(
            id,
            view.stdoutFrom(),
            view.stderrFrom(),
            view.follow(),
            view.insist(),
            switch (view.input()) {
              case NONE -> GuestMessage.JobConnect.NO_INPUT;
              case ALONE -> GuestMessage.JobConnect.ALONE;
              case SHARED -> GuestMessage.JobConnect.SHARED;
            });
    Requests.Begun<JobReport> begun =
        requests.begin(request, JobReport.class, Deadline.in(deadline));
    MuxStream stream = begun.stream();
    try {
      return new MuxJobConnection(stream, JobReports.of(begun.answer(), id), view);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public void signal(String id, int signal, Duration deadline) {
    requests.ask(
        new GuestMessage.JobSignal(id, signal), GuestMessage.Done.class, Deadline.in(deadline));
  }

  @Override
  public void forget(String id, Duration deadline) {
    requests.ask(new GuestMessage.JobForget(id), GuestMessage.Done.class, Deadline.in(deadline));
  }
}
