package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.VmRemovedHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What is asked of plugins beside their steps. */
final class Asking {
  private static final Duration VALIDATE = Duration.ofSeconds(5);
  private static final Duration CONTRIBUTE = Duration.ofSeconds(10);
  private static final Duration REMOVED = Duration.ofSeconds(10);
  private static final int MAX_PROBLEMS = 20;

  private final Operation operation;
  private final Caller caller;

  Asking(Operation operation, Caller caller) {
    this.operation = operation;
    this.caller = caller;
  }

  private record Asked(
      Participant plugin, Instant at, long began, Gate.Entry<List<String>> entry) {}

  /** All validators at the same time. */
  List<String> problems() throws InterruptedException {
    Deque<Asked> asked = new ArrayDeque<>();
    List<String> problems = new ArrayList<>();
    try {
      for (Participant plugin : operation.plugins().active()) {
        plugin
            .registration()
            .validator()
            .ifPresent(
                validator ->
                    asked.add(
                        new Asked(
                            plugin,
                            operation.clock().instant(),
                            System.nanoTime(),
                            plugin
                                .gate()
                                .begin(
                                    "validate",
                                    VALIDATE,
                                    Optional.of(operation.vm().id()),
                                    lease ->
                                        lines(
                                            validator.problems(
                                                operation.vm(), plugin.context(lease)))))));
      }
      while (!asked.isEmpty()) {
        Asked next = asked.peek();
        List<String> said = answer(next);
        asked.remove();
        said.forEach(
            problem -> problems.add("plugin %s: %s".formatted(next.plugin().id(), problem)));
      }
      return problems;
    } finally {
      asked.forEach(left -> left.entry().cancel());
    }
  }

  private static List<String> lines(List<String> problems) {
    if (problems == null) {
      throw new CapabilityException(FailureKind.INTERNAL, "the validator returned null");
    }
    return problems.stream()
        .limit(MAX_PROBLEMS)
        .map(problem -> problem == null ? "a problem without words" : Lines.of(problem))
        .toList();
  }

  private List<String> answer(Asked asked) throws InterruptedException {
    String outcome = "ok";
    List<String> problems;
    try {
      problems = asked.entry().await();
      if (!problems.isEmpty()) {
        outcome = "failed";
      }
    } catch (CapabilityException e) {
      outcome = asked.entry().timedOut() ? "timed-out" : "failed";
      problems =
          List.of(
              asked.entry().timedOut()
                  ? "its validator did not finish within " + Durations.words(VALIDATE)
                  : "its validator failed: " + BlameLine.reason(asked.plugin(), "validate", e));
    }
    operation.record(
        operation.run(
            Operation.StepOf.of(asked.plugin(), "", "validate"),
            "validate",
            asked.at(),
            Duration.ofNanos(System.nanoTime() - asked.began()),
            outcome,
            String.join("; ", problems)));
    return problems;
  }

  /** All contributors, one after the other. */
  Contributions contributions() throws InterruptedException {
    ContributionMerge merge = new ContributionMerge();
    for (Participant plugin : operation.plugins().active()) {
      if (plugin.registration().contributor().isEmpty()) {
        continue;
      }
      var contributor = plugin.registration().contributor().get();
      Caller.Call call = new Caller.Call(plugin, "", "launch", "contribute", CONTRIBUTE, 0);
      Answer<LaunchRecorder> answer =
          caller.call(
              call,
              lease -> {
                var context = plugin.context(lease);
                try (LaunchRecorder recorder = new LaunchRecorder(plugin.id(), context::dataDir)) {
                  contributor.contribute(operation.vm(), recorder, context);
                  return recorder;
                }
              });
      switch (answer) {
        case Answer.Failed<LaunchRecorder> failed -> {
          record(call, failed);
          throw new CapabilityException(
              failed.failure().kind(),
              "%s: its addition to the start failed after %s: %s"
                  .formatted(plugin.title(), Durations.words(failed.took()), failed.reason()),
              failed.failure().hint());
        }
        case Answer.Given<LaunchRecorder>(var recorder, var at, var took) -> {
          try {
            recorder.check();
            merge.add(recorder);
          } catch (CapabilityException e) {
            operation.record(
                operation.run(call.of(), call.action(), at, took, "failed", e.getMessage()));
            throw e;
          }
          operation.record(
              operation.run(call.of(), call.action(), at, took, "ok", recorder.summary()));
        }
      }
    }
    Contributions all = merge.result();
    operation.journal().endpoints(operation.vm().id(), all.endpoints());
    return all;
  }

  private void record(Caller.Call call, Answer.Failed<?> failed) {
    operation.record(
        operation.run(
            call.of(),
            call.action(),
            failed.at(),
            failed.took(),
            failed.outcome(),
            failed.reason()));
  }

  /** All that want to know that the VM is gone; what holds nothing is forgotten. */
  List<String> removed() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    for (Participant plugin : operation.plugins().active()) {
      Optional<VmRemovedHandler> handler = plugin.registration().vmRemoved();
      if (handler.isEmpty()) {
        continue;
      }
      Caller.Call call = new Caller.Call(plugin, "", "removed", "removed", REMOVED, 0);
      Answer<Boolean> answer =
          caller.call(
              call,
              lease -> {
                handler.get().vmRemoved(operation.vm(), plugin.context(lease));
                return true;
              });
      switch (answer) {
        case Answer.Failed<Boolean> failed -> {
          record(call, failed);
          problems.add("%s: %s".formatted(plugin.title(), failed.reason()));
        }
        case Answer.Given<Boolean>(var _, var at, var took) ->
            operation.record(operation.run(call.of(), call.action(), at, took, "ok", ""));
      }
    }
    String vm = operation.vm().id();
    for (JournalRow row : operation.journal().open(vm)) {
      if (!row.state().holds()) {
        operation.journal().close(row.id(), Optional.empty());
      }
    }
    operation.journal().endpoints(vm, List.of());
    return problems;
  }
}
