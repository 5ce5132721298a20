package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.api.StepSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts steps. */
final class Starter {
  private final Operation operation;
  private final Caller caller;
  private final Stopper stopper;

  Starter(Operation operation, Caller caller, Stopper stopper) {
    this.operation = operation;
    this.caller = caller;
    this.stopper = stopper;
  }

  /** The steps of a phase. */
  void start(Phase phase) throws InterruptedException {
    List<StepOrder.Planned> steps = StepOrder.of(operation.plugins().active(), phase);
    // Nothing of this phase or a later one can be in use yet.
    stopper.stop(
        row ->
            row.phase().compareTo(phase) >= 0
                || steps.stream().anyMatch(step -> step.ref().equals(StepRef.of(row))),
        Stopper.Closing.FORGET);
    for (StepOrder.Planned step : steps) {
      start(step, step.step().spec().policy());
    }
  }

  /**
   * One step.
   *
   * @param policy what its failure means
   * @return why it is not fine; empty when it is, or when it had nothing to do
   */
  String start(StepOrder.Planned planned, StepPolicy policy) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Optional<JournalRow> left = row(planned.ref()).filter(row -> row.state().holds());
    if (left.isPresent()) {
      return refuse(planned, policy, left.get());
    }
    Participant plugin = planned.participant();
    StepSpec spec = planned.step().spec();
    long id = operation.journal().begin(fresh(plugin, spec));
    Intents intents = new Intents(operation.journal(), id, spec.name());
    Caller.Call call =
        new Caller.Call(
            plugin, spec.name(), spec.phase().wireName(), "start", spec.startLimit(), id);
    Answer<StepBodies.Begun> answer;
    try {
      answer = caller.call(call, StepBodies.start(operation, plugin, planned.step(), intents));
    } finally {
      intents.close();
    }
    return switch (answer) {
      case Answer.Failed<StepBodies.Begun> failed -> failed(planned, policy, id, call, failed);
      case Answer.Given<StepBodies.Begun>(var begun, var at, var took) -> {
        boolean skipped = begun.state() == JournalRow.State.SKIPPED;
        HookRun run =
            operation.run(
                call.of(),
                "start",
                at,
                took,
                skipped ? "skipped" : begun.reason().isEmpty() ? "ok" : "degraded",
                begun.note().isEmpty() ? begun.reason() : begun.note());
        if (skipped && intents.any()) {
          // It said it would make something, so its word that it made nothing is not enough.
          operation.record(run);
          undo(planned.ref(), id, JournalRow.State.SKIPPED, begun.reason(), took);
        } else {
          operation
              .journal()
              .settle(
                  id, begun.state(), begun.receiptJson(), begun.note(), begun.reason(), took, run);
          operation.tell(run);
        }
        yield skipped ? "" : begun.reason();
      }
    };
  }

  private String failed(
      StepOrder.Planned planned,
      StepPolicy policy,
      long id,
      Caller.Call call,
      Answer.Failed<StepBodies.Begun> failed)
      throws InterruptedException {
    operation.record(
        operation.run(
            call.of(), "start", failed.at(), failed.took(), failed.outcome(), failed.reason()));
    if (policy == StepPolicy.REQUIRED) {
      throw new CapabilityException(
          failed.failure().kind(),
          BlameLine.of(
              planned.participant(),
              planned.ref().step(),
              failed.took(),
              StepPolicy.REQUIRED,
              failed.reason()),
          failed.failure().hint());
    }
    undo(planned.ref(), id, JournalRow.State.FAILED, failed.reason(), failed.took());
    return failed.reason();
  }

  /** Takes back what one step has begun, and keeps its row to be shown. */
  private void undo(StepRef ref, long id, JournalRow.State state, String reason, Duration took)
      throws InterruptedException {
    JournalRow begun = row(ref).filter(row -> row.id() == id).orElseThrow();
    stopper.undo(
        begun,
        reason,
        (journal, row, run) ->
            journal.settle(row.id(), state, Optional.empty(), "", reason, took, run));
  }

  private String refuse(StepOrder.Planned planned, StepPolicy policy, JournalRow left) {
    String reason =
        "what an earlier start left could not be taken back: "
            + (left.reason().isEmpty() ? "something still uses it" : left.reason());
    if (policy == StepPolicy.REQUIRED) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          BlameLine.of(
              planned.participant(), left.step(), Duration.ZERO, StepPolicy.REQUIRED, reason),
          "banger vm repair " + operation.vm().name());
    }
    return reason;
  }

  private Optional<JournalRow> row(StepRef ref) {
    return operation.journal().open(operation.vm().id()).stream()
        .filter(row -> StepRef.of(row).equals(ref))
        .findFirst();
  }

  private JournalRow fresh(Participant plugin, StepSpec spec) {
    return new JournalRow(
        0,
        operation.vm(),
        plugin.id(),
        plugin.version(),
        plugin.digest(),
        spec.name(),
        spec.phase(),
        spec.policy(),
        spec.after(),
        JournalRow.State.STARTING,
        spec.receiptVersion(),
        Optional.empty(),
        operation.name(),
        "",
        "",
        0,
        Optional.empty(),
        operation.clock().instant(),
        Duration.ZERO);
  }
}
