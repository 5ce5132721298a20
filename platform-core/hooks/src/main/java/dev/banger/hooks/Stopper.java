package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.build.Registration;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Stops steps in reverse, and keeps what one that cannot be stopped still uses. */
final class Stopper {
  private final Operation operation;
  private final Caller caller;
  private final Map<Long, Receipt> newer = new HashMap<>();

  Stopper(Operation operation, Caller caller) {
    this.operation = operation;
    this.caller = caller;
  }

  /** What to do with a row whose step is stopped. */
  @FunctionalInterface
  interface Closing {
    Closing FORGET = (journal, row, run) -> journal.close(row.id(), Optional.of(run));

    void close(Journal journal, JournalRow row, HookRun run);
  }

  private record Receipt(int version, Optional<String> json) {}

  /** Who stops a row, if there is anybody. */
  private sealed interface Keeper {
    record Is(Participant plugin, Registration.Step<?> step) implements Keeper {}

    record Missing(String reason) implements Keeper {}
  }

  /** What became of one row. */
  private sealed interface Outcome {
    record Released(HookRun run) implements Outcome {}

    record Stuck(String reason, Duration retryAfter, HookRun run) implements Outcome {}
  }

  /** Makes the next stop of this row be given this receipt, whatever the journal has. */
  void believe(JournalRow row, int version, String json) {
    newer.put(row.id(), new Receipt(version, Optional.of(json)));
  }

  /** Whether there is somebody to stop this row. */
  Optional<Participant> keeper(JournalRow row) {
    return find(row) instanceof Keeper.Is is ? Optional.of(is.plugin()) : Optional.empty();
  }

  /** The step of a row, in the version that looks after it. */
  static Optional<Registration.Step<?>> stepOf(Participant plugin, String name) {
    for (Registration.Step<?> step : plugin.registration().steps()) {
      if (step.spec().name().equals(name)) {
        return Optional.of(step);
      }
    }
    return Optional.empty();
  }

  private Keeper find(JournalRow row) {
    Optional<Participant> plugin = operation.plugins().keeperOf(row.plugin(), row.digest());
    if (plugin.isEmpty()) {
      return new Keeper.Missing(
          "plugin %1$s does not run; banger plugin info %1$s".formatted(row.plugin()));
    }
    Optional<Registration.Step<?>> step = stepOf(plugin.get(), row.step());
    return step.isPresent()
        ? new Keeper.Is(plugin.get(), step.get())
        : new Keeper.Missing(
            "plugin %s has no step %s any more".formatted(plugin.get().title(), row.step()));
  }

  /**
   * Stops what of the VM is chosen and holds something; what is chosen and holds nothing is
   * forgotten. Goes on past every failure.
   */
  StopReport stop(Predicate<JournalRow> chosen, Closing closing) throws InterruptedException {
    List<JournalRow> todo = new ArrayList<>();
    List<JournalRow> stuck = new ArrayList<>();
    for (JournalRow row : operation.journal().open(operation.vm().id())) {
      if (chosen.test(row)) {
        todo.add(row);
      } else if (row.state().holds() && keeper(row).isPresent()) {
        stuck.add(row);
      }
    }
    int released = 0;
    List<StopReport.Pending> pending = new ArrayList<>();
    for (JournalRow row : StepOrder.undo(todo)) {
      if (!row.state().holds()) {
        forget(row);
        continue;
      }
      Optional<StopReport.Pending> kept = stopOne(row, stuck, "", closing);
      kept.ifPresent(pending::add);
      released += kept.isEmpty() ? 1 : 0;
    }
    return new StopReport(released, pending);
  }

  private void forget(JournalRow row) {
    try {
      operation.journal().close(row.id(), Optional.empty());
    } catch (CapabilityException e) {
      // It holds nothing; it is shown a little longer.
      System.getLogger(Stopper.class.getName())
          .log(Level.WARNING, "cannot forget " + row.title(), e);
    }
  }

  /**
   * Takes back what one step has just begun, which nothing can use yet.
   *
   * @param why it is taken back, for the row in case that fails too
   */
  Optional<StopReport.Pending> undo(JournalRow row, String why, Closing closing)
      throws InterruptedException {
    return stopOne(row, new ArrayList<>(), why + "; and it could not be taken back: ", closing);
  }

  private Optional<StopReport.Pending> stopOne(
      JournalRow row, List<JournalRow> stuck, String opening, Closing closing)
      throws InterruptedException {
    return switch (find(row)) {
      case Keeper.Missing(String reason) -> {
        operation.record(
            operation.run(
                stepOf(row), "stop", operation.clock().instant(), Duration.ZERO, "absent", reason));
        yield pending(row, reason, true);
      }
      case Keeper.Is keeper -> {
        Optional<JournalRow> user =
            stuck.stream().filter(other -> StepRef.comesAfter(other, row)).findFirst();
        Optional<StopReport.Pending> kept =
            user.isPresent()
                ? pending(row, "kept for " + user.get().title(), false)
                : stopNow(row, keeper, opening, closing);
        if (kept.isPresent()) {
          stuck.add(row);
        }
        yield kept;
      }
    };
  }

  private Optional<StopReport.Pending> stopNow(
      JournalRow row, Keeper.Is keeper, String opening, Closing closing)
      throws InterruptedException {
    try {
      return switch (call(row, keeper)) {
        case Outcome.Released(HookRun run) -> {
          closing.close(operation.journal(), row, run);
          newer.remove(row.id());
          operation.tell(run);
          yield Optional.empty();
        }
        case Outcome.Stuck(String why, Duration retryAfter, HookRun run) -> {
          String reason = opening + why;
          operation
              .journal()
              .stopFailed(row.id(), reason, operation.clock().instant().plus(retryAfter), run);
          operation.tell(run);
          yield pending(row, reason, false);
        }
      };
    } catch (CapabilityException e) {
      // The journal: the row stays as it is, and its step is stopped once more another time.
      return pending(row, Lines.of(e.getMessage()), false);
    }
  }

  private Outcome call(JournalRow row, Keeper.Is keeper) throws InterruptedException {
    Receipt receipt = latest(row);
    Caller.Call call =
        new Caller.Call(
            keeper.plugin(),
            row.step(),
            row.phase().wireName(),
            "stop",
            keeper.step().spec().stopLimit(),
            row.id());
    Answer<StepBodies.Ended> answer =
        caller.call(
            call,
            StepBodies.stop(
                operation, keeper.plugin(), keeper.step(), receipt.version(), receipt.json()));
    return switch (answer) {
      case Answer.Failed<StepBodies.Ended> failed ->
          new Outcome.Stuck(
              failed.reason(),
              Backoff.after(row.attempts() + 1),
              operation.run(
                  call.of(),
                  "stop",
                  failed.at(),
                  failed.took(),
                  failed.outcome(),
                  failed.reason()));
      case Answer.Given<StepBodies.Ended>(var ended, var at, var took) -> {
        HookRun run = operation.run(call.of(), "stop", at, took, ended.outcome(), ended.message());
        yield ended.retryAfter().isPresent()
            ? new Outcome.Stuck(ended.message(), Backoff.asked(ended.retryAfter().get()), run)
            : new Outcome.Released(run);
      }
    };
  }

  /** A start that came too late may still have said what it made. */
  private Receipt latest(JournalRow row) throws InterruptedException {
    Optional<String> late =
        caller
            .settled(row.id())
            .flatMap(
                value ->
                    value instanceof StepBodies.Begun begun
                        ? begun.receiptJson()
                        : Optional.empty());
    if (late.isPresent()) {
      operation.journal().intend(row.id(), late.get());
      return new Receipt(row.receiptVersion(), late);
    }
    return newer.getOrDefault(row.id(), new Receipt(row.receiptVersion(), row.receiptJson()));
  }

  private static Operation.StepOf stepOf(JournalRow row) {
    return new Operation.StepOf(row.plugin(), row.version(), row.step(), row.phase().wireName());
  }

  private static Optional<StopReport.Pending> pending(
      JournalRow row, String reason, boolean absent) {
    return Optional.of(new StopReport.Pending(row.plugin(), row.title(), reason, absent));
  }
}
