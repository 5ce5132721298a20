package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.DetachedCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.Deadline;
import dev.banger.core.vmm.PlainJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** From requests to a Firecracker that runs a guest, or to nothing at all. */
final class FirecrackerLauncher {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);

  /** A healthy one answers within milliseconds. */
  private static final Duration ANSWER = Duration.ofSeconds(1);

  /** A killed process that was ours is reaped at once. */
  private static final Duration REAP = Duration.ofSeconds(5);

  private final DetachedCommands detached;
  private final FirecrackerProcesses processes;
  private final Clock clock;

  FirecrackerLauncher(DetachedCommands detached, FirecrackerProcesses processes, Clock clock) {
    this.detached = detached;
    this.processes = processes;
    this.clock = clock;
  }

  FirecrackerLife launch(LaunchPlan plan, Path binary, List<ApiRequest> requests, Deadline end)
      throws InterruptedException {
    VmPaths paths = plan.paths();
    RunFiles.prepare(paths, clock);
    Metrics metrics = metrics(paths);
    AgentReadiness readiness = new AgentReadiness(paths, true);
    FirecrackerApi api = new FirecrackerApi(paths.controlSocket());
    // Its standard output is the guest's serial port, and a file that it appends to can be cut.
    Process process = detached.start(FirecrackerProcesses.argv(binary, paths), paths.console());
    boolean up = false;
    try {
      awaitApi(plan, process, api, end);
      ProcessTable.Entry entry =
          processes.of(paths, process.pid()).orElseThrow(() -> died(plan, process));
      notePid(paths, process.pid());
      readiness.open();
      for (ApiRequest request : requests) {
        send(plan, process, api, request, end);
      }
      makePrivate(paths.agentSocket());
      up = true;
      return new FirecrackerLife(
              paths,
              processes.handles(entry),
              api,
              readiness,
              metrics,
              processes,
              Optional.of(process))
          .start();
    } finally {
      if (!up) {
        readiness.close();
        process.destroyForcibly();
        // Not to be interrupted: nothing must be left.
        process.onExit().completeOnTimeout(process, REAP.toMillis(), TimeUnit.MILLISECONDS).join();
        RunFiles.remove(paths);
      }
    }
  }

  FirecrackerLife adopt(VmPaths paths, VmHandles handles) {
    return new FirecrackerLife(
            paths,
            handles,
            new FirecrackerApi(paths.controlSocket()),
            new AgentReadiness(paths, false).open(),
            new Metrics(paths),
            processes,
            Optional.empty())
        .start();
  }

  private static Metrics metrics(VmPaths paths) {
    Metrics metrics = new Metrics(paths);
    try {
      metrics.create();
    } catch (IOException e) {
      throw RunFiles.failed("cannot make " + paths.metrics(), e);
    }
    return metrics;
  }

  /** Until it answers: that the socket is there says less. */
  private static void awaitApi(LaunchPlan plan, Process process, FirecrackerApi api, Deadline end)
      throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    ApiException last = null;
    while (!end.passed()) {
      if (!process.isAlive()) {
        throw died(plan, process);
      }
      if (Files.exists(plan.paths().controlSocket())) {
        try {
          makePrivate(plan.paths().controlSocket());
          Map<String, Object> self = api.call(ApiRequest.get("/"), end.atMost(ANSWER));
          checkFresh(plan, self);
          return;
        } catch (ApiException e) {
          if (e.reason() == ApiException.Reason.NONSENSE
              || e.reason() == ApiException.Reason.REFUSED) {
            throw LaunchFailures.unanswered(plan, e, RunFiles.log(plan.paths()));
          }
          last = e; // not listening yet, or gone, or slow: the next round tells which
        }
      }
      Thread.sleep(end.atMost(pause));
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
    throw new BangerException(
        ErrorKind.TIMEOUT,
        "Firecracker did not answer in the time given for starting VM " + plan.name(),
        "",
        RunFiles.log(plan.paths()),
        last);
  }

  private static void checkFresh(LaunchPlan plan, Map<String, Object> self) {
    String id = PlainJson.text(self, "id");
    String state = PlainJson.text(self, "state");
    if (!id.equals(plan.paths().id().value()) || !state.equals("Not started")) {
      throw new BangerException(
          ErrorKind.HOST,
          "what answers on %s is not the fresh Firecracker of VM %s"
              .formatted(plan.paths().controlSocket(), plan.paths().id()));
    }
  }

  private static void send(
      LaunchPlan plan, Process process, FirecrackerApi api, ApiRequest request, Deadline end)
      throws InterruptedException {
    try {
      Map<String, Object> ignored = api.call(request, end.left());
    } catch (ApiException e) {
      switch (e.reason()) {
        case REFUSED -> throw LaunchFailures.refused(plan, request, e, RunFiles.log(plan.paths()));
        case CLOSED -> {
          if (process.waitFor(end.atMost(ANSWER))) {
            throw died(plan, process);
          }
          throw LaunchFailures.unanswered(plan, e, RunFiles.log(plan.paths()));
        }
        case TIMEOUT, NONSENSE ->
            throw LaunchFailures.unanswered(plan, e, RunFiles.log(plan.paths()));
      }
    }
  }

  private static BangerException died(LaunchPlan plan, Process process) {
    List<String> log = RunFiles.log(plan.paths());
    if (process.isAlive()) {
      return LaunchFailures.died(plan, "its VMM runs, but not under the name it was given", log);
    }
    List<String> console = RunFiles.console(plan.paths());
    // Before it has its log, it complains where the guest's console goes.
    List<String> words = log.isEmpty() ? console : log;
    return LaunchFailures.died(
        plan,
        ExitMeaning.of(ExitMeaning.ByUs.NO, OptionalInt.of(process.exitValue()), words, console)
            .meaning(),
        words);
  }

  /** Whatever the umask of the daemon is: its owner may use it, and nobody else. */
  private static void makePrivate(Path socket) {
    try {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (NoSuchFileException e) {
      // Not bound yet.
    } catch (IOException e) {
      throw RunFiles.failed("cannot set the mode of " + socket, e);
    }
  }

  private static void notePid(VmPaths paths, long pid) {
    try {
      Files.writeString(paths.pidFile(), pid + "\n");
    } catch (IOException e) {
      throw RunFiles.failed("cannot write " + paths.pidFile(), e);
    }
  }
}
