package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The jobs of one guest: processes of this machine, in sessions of their own. One that is to have a
 * terminal has none: its outputs are one, and it is told of no size.
 */
final class FakeJobs {
  private final Map<String, FakeJob> jobs = new LinkedHashMap<>();

  synchronized GuestJob start(GuestJobSpec spec, Path cwd) {
    if (jobs.containsKey(spec.id())) {
      throw new CapabilityException(
          FailureKind.CONFLICT, "there is a job " + spec.id() + " in the guest already");
    }
    if (!Files.isDirectory(cwd)) {
      throw new CapabilityException(
          FailureKind.INVALID, "working directory " + spec.cwd() + " is not a directory");
    }
    insistExecutable(spec.argv().getFirst(), cwd);
    try {
      FakeJob job = new FakeJob(spec, cwd);
      jobs.put(spec.id(), job);
      return job.view();
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.GUEST, "the job could not be started: " + e.getMessage(), "", e);
    }
  }

  private static void insistExecutable(String program, Path cwd) {
    List<Path> places =
        program.contains("/")
            ? List.of(cwd.resolve(program))
            : List.of(System.getenv("PATH").split(":")).stream()
                .map(dir -> Path.of(dir, program))
                .toList();
    if (places.stream().noneMatch(Files::exists)) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND, "command " + program + " was not found in the guest");
    }
    if (places.stream().noneMatch(file -> Files.isExecutable(file) && Files.isRegularFile(file))) {
      throw new CapabilityException(FailureKind.GUEST, program + " is not executable in the guest");
    }
  }

  synchronized List<GuestJob> list() {
    return jobs.values().stream()
        .sorted(Comparator.comparing(job -> job.view().startedAt()))
        .map(FakeJob::view)
        .toList();
  }

  synchronized FakeJob find(String id) {
    FakeJob job = jobs.get(id);
    if (job == null) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND, "there is no job " + id + " in the guest");
    }
    return job;
  }

  JobConnection connect(String id, JobView view) {
    return find(id).connect(view);
  }

  synchronized void forget(String id) {
    FakeJob job = jobs.get(id);
    if (job != null && job.view().isRunning()) {
      throw new CapabilityException(FailureKind.ILLEGAL_STATE, "job " + id + " still runs");
    }
    jobs.remove(id);
  }

  /** The guest goes down: what runs is lost. */
  synchronized void goDown() {
    jobs.values().forEach(FakeJob::lose);
  }

  /** The link breaks: every connection does, and no job notices. */
  synchronized void cut() {
    jobs.values().forEach(FakeJob::cut);
  }
}
