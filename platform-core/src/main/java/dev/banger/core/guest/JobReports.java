package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Kept;
import dev.banger.core.lifecycle.GuestJobLink.State;
import dev.banger.protocol.GuestMessage.JobReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What an agent said of a job, made fit to be shown and stored. */
final class JobReports {
  /** More jobs than an agent keeps; an honest one sends fewer. */
  static final int MOST = 1024;

  private static final int SHOWN = 4096;
  private static final int ID = 63;
  private static final int REMARK = 300;

  private JobReports() {}

  static Job of(JobReport report) {
    return new Job(
        GuestText.clean(report.id(), ID),
        switch (report.state()) {
          case JobReport.RUNNING -> State.RUNNING;
          case JobReport.ENDED -> State.ENDED;
          default -> State.LOST;
        },
        clean(report.command()),
        GuestText.clean(report.cwd(), SHOWN),
        clean(report.envNames()),
        report.tty(),
        report.pid(),
        instant(report.startedMicros()),
        report.endedMicros() == 0 ? Optional.empty() : Optional.of(instant(report.endedMicros())),
        report.exitCode() < 0 ? OptionalInt.empty() : OptionalInt.of(report.exitCode()),
        new Kept(report.stdoutFrom(), report.stdoutTo()),
        new Kept(report.stderrFrom(), report.stderrTo()),
        report.inputBytes(),
        report.inputOpen(),
        report.connections(),
        GuestText.clean(report.remark(), REMARK));
  }

  /** Of the job that was asked for. */
  static Job of(JobReport report, String id) {
    if (!report.id().equals(id)) {
      throw Failures.nonsense("with job " + report.id() + " when asked for " + id);
    }
    return of(report);
  }

  private static List<String> clean(List<String> words) {
    return words.stream().map(word -> GuestText.clean(word, SHOWN)).toList();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
