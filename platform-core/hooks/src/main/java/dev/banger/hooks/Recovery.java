package dev.banger.hooks;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.api.build.Registration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the steps of a running VM what the journal says they are. */
final class Recovery {
  private final Operation operation;
  private final Caller caller;
  private final Stopper stopper;
  private final Starter starter;

  Recovery(Operation operation, Caller caller, Stopper stopper, Starter starter) {
    this.operation = operation;
    this.caller = caller;
    this.stopper = stopper;
    this.starter = starter;
  }

  /** One time through. */
  private final class Round {
    private final List<String> lines = new ArrayList<>();

    /** What is to be started again, and why. */
    private final Map<StepRef, String> again = new LinkedHashMap<>();

    private final Map<StepRef, JournalRow> rows = new LinkedHashMap<>();

    List<String> run() throws InterruptedException {
      operation.journal().open(operation.vm().id()).stream()
          .sorted(Comparator.comparing(JournalRow::phase).thenComparingLong(JournalRow::id))
          .forEach(row -> rows.put(StepRef.of(row), row));
      for (JournalRow row : rows.values()) {
        Optional<String> trouble = look(row);
        if (trouble.isPresent()) {
          again.put(StepRef.of(row), trouble.get());
        }
      }
      addWhatComesAfter();
      takeBack();
      startAgain();
      return lines;
    }

    /** What is wrong with a row so that it is to be started again. */
    private Optional<String> look(JournalRow row) throws InterruptedException {
      return switch (row.state()) {
        case SKIPPED -> Optional.empty();
        case FAILED -> Optional.of("had failed");
        case STARTING -> present(row, "was cut off");
        case STOP_FAILED -> present(row, "could not be stopped");
        case STARTED -> observe(row);
      };
    }

    private Optional<String> present(JournalRow row, String trouble) {
      if (stopper.keeper(row).isEmpty()) {
        lines.add(row.title() + ": its plugin does not run, nothing was done");
        return Optional.empty();
      }
      return Optional.of(trouble);
    }

    private Optional<String> observe(JournalRow row) throws InterruptedException {
      Optional<Participant> keeper = stopper.keeper(row);
      if (keeper.isEmpty()) {
        return present(row, "");
      }
      Participant plugin = keeper.get();
      Registration.Step<?> step = Stopper.stepOf(plugin, row.step()).orElseThrow();
      Caller.Call call =
          new Caller.Call(
              plugin,
              row.step(),
              row.phase().wireName(),
              "observe",
              step.spec().stopLimit(),
              row.id());
      return switch (caller.call(
          call,
          StepBodies.observe(operation, plugin, step, row.receiptVersion(), row.receiptJson()))) {
        case Answer.Failed<StepBodies.Seen> failed -> {
          operation.record(
              operation.run(
                  call.of(),
                  "observe",
                  failed.at(),
                  failed.took(),
                  failed.outcome(),
                  failed.reason()));
          lines.add(row.title() + ": believed to be there; looking failed: " + failed.reason());
          yield Optional.empty();
        }
        case Answer.Given<StepBodies.Seen>(var seen, var at, var took) -> {
          operation.record(
              operation.run(call.of(), "observe", at, took, seen.outcome(), seen.message()));
          keep(row, step.spec().receiptVersion(), seen.receiptJson());
          yield switch (seen.outcome()) {
            case "gone" -> Optional.of("was gone");
            case "drifted" -> Optional.of("was not as it should be: " + seen.message());
            default -> Optional.empty();
          };
        }
      };
    }

    /** A receipt of another version does not fit the row; the stop alone is given it. */
    private void keep(JournalRow row, int version, Optional<String> json) {
      if (json.isEmpty() || json.equals(row.receiptJson())) {
        return;
      }
      if (version == row.receiptVersion()) {
        operation.journal().intend(row.id(), json.get());
      } else {
        stopper.believe(row, version, json.get());
      }
    }

    /** A step is stopped before those it comes after, and so are these. */
    private void addWhatComesAfter() {
      boolean more = true;
      while (more) {
        more = false;
        for (JournalRow row : rows.values()) {
          StepRef ref = StepRef.of(row);
          Optional<JournalRow> below =
              rows.values().stream()
                  .filter(other -> again.containsKey(StepRef.of(other)))
                  .filter(other -> other.state().holds() && StepRef.comesAfter(row, other))
                  .findFirst();
          if (row.state() == JournalRow.State.STARTED
              && !again.containsKey(ref)
              && below.isPresent()
              && stopper.keeper(row).isPresent()) {
            again.put(ref, "comes after step " + StepRef.of(below.get()));
            more = true;
          }
        }
      }
    }

    /** The rows stay, so that a second crash does not make it forget to start them again. */
    private void takeBack() throws InterruptedException {
      StopReport report =
          stopper.stop(
              row -> row.state().holds() && again.containsKey(StepRef.of(row)),
              (journal, row, run) ->
                  journal.settle(
                      row.id(),
                      JournalRow.State.FAILED,
                      Optional.empty(),
                      "",
                      again.get(StepRef.of(row)) + "; not started again yet",
                      row.took(),
                      run));
      report.pending().forEach(pending -> lines.add(pending.toString()));
    }

    private void startAgain() throws InterruptedException {
      Map<StepRef, JournalRow> waiting = new LinkedHashMap<>();
      for (JournalRow row : operation.journal().open(operation.vm().id())) {
        if (!row.state().holds() && again.containsKey(StepRef.of(row))) {
          waiting.put(StepRef.of(row), row);
        }
      }
      for (Phase phase : Phase.values()) {
        for (StepOrder.Planned step : StepOrder.of(operation.plugins().active(), phase)) {
          JournalRow row = waiting.remove(step.ref());
          if (row != null) {
            String trouble = starter.start(step, StepPolicy.BEST_EFFORT);
            lines.add(
                "%s, step %s: %s, %s"
                    .formatted(
                        step.participant().title(),
                        step.ref().step(),
                        again.get(step.ref()),
                        trouble.isEmpty() ? "started again" : "and is not right yet: " + trouble));
          }
        }
      }
      for (JournalRow row : waiting.values()) {
        operation.journal().close(row.id(), Optional.empty());
        lines.add(
            "%s: %s, and not started again, as its plugin is not active"
                .formatted(row.title(), again.get(StepRef.of(row))));
      }
    }
  }

  /** One line for each step that was not simply adopted. */
  List<String> run() throws InterruptedException {
    return new Round().run();
  }
}
