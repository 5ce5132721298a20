package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.VmView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code vm session stop}, {@code kill} and {@code rm}. */
final class Ending {
  private static final int KILL = 9;
  private static final int TERM = 15;
  private static final Duration KILLED = Duration.ofSeconds(20);

  /** In milliseconds, while nothing tells that a process group has ended. */
  private static final long FIRST_PAUSE = 10;

  private static final long LONGEST_PAUSE = 200;

  /** Those that are the same on every machine that runs guests (signal(7)). */
  private static final Map<String, Integer> SIGNALS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("KILL", KILL),
          Map.entry("USR1", 10),
          Map.entry("USR2", 12),
          Map.entry("TERM", TERM),
          Map.entry("CONT", 18),
          Map.entry("STOP", 19),
          Map.entry("WINCH", 28));

  private Ending() {}

  static CommandResult stop(CommandCall call) throws Exception {
    Duration grace = Sizes.grace(call.text("grace"));
    Named session = Named.of(call);
    GuestJob job = session.job();
    if (!lives(job)) {
      return answer(session, job, already(job));
    }
    long began = System.nanoTime();
    session.host().signal(session.vm(), session.name(), TERM, Named.QUICK);
    GuestJob asked = awaitGone(session, grace);
    boolean forced = lives(asked);
    if (forced) {
      call.progress().note("stop", "TERM was ignored for " + Words.took(grace) + "; KILL");
      killAll(session);
    }
    GuestJob after = session.job();
    String took = Words.took(Duration.ofNanos(System.nanoTime() - began));
    String how =
        job.isRunning()
            ? "%s after %s".formatted(Words.how(after), took)
            : "%s; what was left of its process group was ended after %s"
                .formatted(already(job), took);
    String who = asked.isRunning() ? "it" : "what was left of its process group";
    return answer(session, after, how + (forced ? "; forced: " + who + " ignored TERM" : ""));
  }

  /** Whether the command or anything of its process group is there. */
  private static boolean lives(GuestJob job) {
    return job.isRunning() || job.pid() > 0;
  }

  private static String already(GuestJob job) {
    return "has " + Words.state(job) + " already: " + Words.how(job);
  }

  private static void killAll(Named session) throws InterruptedException {
    session.host().signal(session.vm(), session.name(), KILL, Named.QUICK);
    if (lives(awaitGone(session, KILLED))) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "session %s has not ended %s after KILL".formatted(session.name(), Words.took(KILLED)),
          session.line("show"));
    }
  }

  /** Waits that long at most, for the command first, which tells of its end, then for the rest. */
  private static GuestJob awaitGone(Named session, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    if (session.job().isRunning()) {
      var _ = ends(session, limit);
    }
    long pause = FIRST_PAUSE;
    GuestJob job = session.job();
    while (!job.isRunning() && job.pid() > 0 && System.nanoTime() - end < 0) {
      Thread.sleep(pause);
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      job = session.job();
    }
    return job;
  }

  /** Whether it ends within that time. */
  private static boolean ends(Named session, Duration limit) throws InterruptedException {
    JobView quietly = new JobView(JobView.NOW, JobView.NOW, true, false, JobView.Input.NONE);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    try (JobConnection connection =
        session.host().connect(session.vm(), session.name(), quietly, Named.QUICK)) {
      Thread.ofVirtual().name("session-end").start(() -> await(connection, ended));
      return ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // The link broke: the guest is asked again.
      return !session.job().isRunning();
    }
  }

  private static void await(JobConnection connection, CompletableFuture<Boolean> ended) {
    try {
      JobConnection.Event event = connection.next();
      while (event != null && !(event instanceof JobConnection.Ended)) {
        event = connection.next();
      }
      ended.complete(true);
    } catch (IOException | InterruptedException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  static CommandResult kill(CommandCall call) throws Exception {
    int signal = number(call.text("signal"));
    Named session = Named.of(call);
    GuestJob job = session.job();
    if (!lives(job)) {
      return answer(session, job, already(job));
    }
    if (signal != KILL) {
      session.host().signal(session.vm(), session.name(), signal, Named.QUICK);
      return answer(session, session.job(), "was sent signal " + signal);
    }
    killAll(session);
    GuestJob after = session.job();
    return answer(
        session,
        after,
        job.isRunning()
            ? Words.how(after)
            : already(job) + "; what was left of its process group was killed");
  }

  private static int number(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    Integer known = SIGNALS.get(name.startsWith("SIG") ? name.substring(3) : name);
    if (known != null) {
      return known;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= 64) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new CapabilityException(
        FailureKind.USAGE,
        "--signal must be a number from 1 to 64 or a name, got \"%s\"".formatted(text),
        "one of " + String.join(", ", SIGNALS.keySet().stream().sorted().toList()));
  }

  static CommandResult remove(CommandCall call) throws Exception {
    if (call.find("session").isPresent() == call.flag("ended")) {
      throw new CapabilityException(
          FailureKind.USAGE,
          "name a session, or say --ended for all that have ended",
          "banger vm session list " + call.text("vm"));
    }
    return call.flag("ended") ? removeEnded(call) : removeOne(Named.of(call));
  }

  private static CommandResult removeOne(Named session) throws InterruptedException {
    GuestJob job = session.job();
    if (job.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "session %s is still running".formatted(session.name()),
          session.line("stop"));
    }
    session.host().forget(session.vm(), session.name(), Named.QUICK);
    return answer(session, job, "is forgotten");
  }

  private static CommandResult removeEnded(CommandCall call) throws InterruptedException {
    VmView vm = Named.running(call);
    List<String> removed = new ArrayList<>();
    for (GuestJob job : call.host().jobs(vm, Named.QUICK)) {
      if (!job.isRunning()) {
        call.host().forget(vm, job.id(), Named.QUICK);
        removed.add(job.id());
      }
    }
    return CommandResult.object(
        Map.of(
            "removed",
            removed,
            "message",
            removed.isEmpty() ? "none has ended" : "forgotten: " + String.join(", ", removed)));
  }

  private static CommandResult answer(Named session, GuestJob job, String what) {
    Map<String, Object> fields = Words.details(job);
    fields.put("vm", session.vm().name());
    fields.put("message", "%s  %s".formatted(session.name(), what));
    return CommandResult.object(fields);
  }
}
