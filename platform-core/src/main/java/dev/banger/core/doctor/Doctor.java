package dev.banger.core.doctor;

import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.doctor.DoctorCheck.Result;
import dev.banger.core.doctor.DoctorCheck.Status;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs checks side by side, each on a thread of its own. A check that throws, hangs or answers
 * nothing is a failed check and no more: the others are not held up.
 */
public final class Doctor {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration FIX_DEADLINE = Duration.ofSeconds(30);
  private static final int MAX_TEXT = 500;

  private final Supplier<List<DoctorCheck>> checks;
  private final Duration deadline;
  private final Duration fixDeadline;

  /**
   * @param checks asked at each run, because plugins come and go
   */
  public Doctor(Supplier<List<DoctorCheck>> checks) {
    this(checks, DEADLINE, FIX_DEADLINE);
  }

  Doctor(Supplier<List<DoctorCheck>> checks, Duration deadline, Duration fixDeadline) {
    this.checks = checks;
    this.deadline = deadline;
    this.fixDeadline = fixDeadline;
  }

  /** All findings, in the order of the checks. Takes at most ten seconds. */
  public List<Finding> run() throws InterruptedException {
    return run(checks.get());
  }

  /**
   * The same, after each check that was not ok has had its go at mending, one after the other, and
   * was asked once more. A fix that breaks or hangs is told and keeps no other from being tried.
   */
  public List<Finding> fix() throws InterruptedException {
    List<DoctorCheck> which = checks.get();
    List<Finding> before = run(which);
    List<Finding> after = new ArrayList<>();
    for (int i = 0; i < which.size(); i++) {
      Finding found = before.get(i);
      after.add(found.status() == Status.OK ? found : fixed(which.get(i), found));
    }
    return after;
  }

  private Finding fixed(DoctorCheck check, Finding found) throws InterruptedException {
    FutureTask<String> task = new FutureTask<>(check::fix);
    Thread thread = Thread.ofVirtual().name("fix-" + check.id()).start(task);
    String done;
    try {
      done = task.get(fixDeadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      return again(check)
          .notFixedBecause("it did not end within %d s".formatted(fixDeadline.toSeconds()));
    } catch (ExecutionException e) {
      return again(check).notFixedBecause(bounded(String.valueOf(e.getCause().getMessage())));
    }
    return done == null || done.isBlank() ? found : again(check).fixedBy(bounded(done));
  }

  private Finding again(DoctorCheck check) throws InterruptedException {
    return run(List.of(check)).getFirst();
  }

  /**
   * Insists on what requests with these needs need; warnings are let through.
   *
   * @throws BangerException of kind UNAVAILABLE with everything that is missing and how to mend it
   */
  public void preflight(Set<Need> needs) throws InterruptedException {
    List<DoctorCheck> asked =
        checks.get().stream()
            .filter(each -> each.neededFor().stream().anyMatch(needs::contains))
            .toList();
    List<Finding> findings = run(asked);
    Set<String> ill =
        findings.stream()
            .filter(each -> each.status() == Status.FAIL)
            .map(Finding::id)
            .collect(Collectors.toSet());
    List<Finding> failed = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      if (findings.get(i).status() == Status.FAIL && !ill.contains(asked.get(i).restsOn())) {
        failed.add(findings.get(i));
      }
    }
    if (failed.isEmpty()) {
      return;
    }
    if (failed.size() == 1) {
      Finding only = failed.getFirst();
      throw new BangerException(ErrorKind.UNAVAILABLE, only.summary(), only.remedy());
    }
    throw new BangerException(
        ErrorKind.UNAVAILABLE,
        "this host lacks %d things that are needed: %s"
            .formatted(
                failed.size(), String.join("; ", failed.stream().map(Finding::summary).toList())),
        "banger doctor",
        failed.stream()
            .map(each -> "%s: %s; to mend: %s".formatted(each.id(), each.summary(), each.remedy()))
            .toList(),
        null);
  }

  private record Running(DoctorCheck check, FutureTask<Result> task, Thread thread) {}

  private List<Finding> run(List<DoctorCheck> which) throws InterruptedException {
    List<Running> running = new ArrayList<>();
    try {
      for (DoctorCheck check : which) {
        FutureTask<Result> task = new FutureTask<>(check::run);
        running.add(
            new Running(check, task, Thread.ofVirtual().name("doctor-" + check.id()).start(task)));
      }
      long end = System.nanoTime() + deadline.toNanos();
      List<Finding> findings = new ArrayList<>();
      for (Running each : running) {
        findings.add(finding(each.check, result(each.task, end)));
      }
      return findings;
    } finally {
      running.forEach(each -> each.thread.interrupt());
    }
  }

  private Result result(FutureTask<Result> task, long end) throws InterruptedException {
    try {
      Result result = task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return result == null ? Result.fail("the check answered nothing", "") : result;
    } catch (TimeoutException e) {
      return Result.fail("the check did not end within %d s".formatted(deadline.toSeconds()), "");
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case BangerException known -> Result.fail(known.getMessage(), known.hint());
        case Throwable other ->
            Result.fail(
                "the check itself failed: %s: %s"
                    .formatted(other.getClass().getSimpleName(), other.getMessage()),
                "");
      };
    }
  }

  private static Finding finding(DoctorCheck check, Result result) {
    return new Finding(
        check.id(),
        check.source(),
        result.status(),
        bounded(result.summary()),
        bounded(result.remedy()));
  }

  private static String bounded(String text) {
    String line = text.replaceAll("\\R", " ");
    return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "...";
  }
}
