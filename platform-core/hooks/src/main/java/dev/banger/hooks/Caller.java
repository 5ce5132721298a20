package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Calls plugins for one VM, and tells the user of calls that are slow or fail. Not thread-safe, as
 * calls for one VM come one at a time.
 */
final class Caller {
  /** A call shorter than this is not worth a line. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** For one that ran past its deadline to end, before its step is called again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Operation operation;
  private final Map<Long, Gate.Entry<?>> lingering = new HashMap<>();

  Caller(Operation operation) {
    this.operation = operation;
  }

  /** Which call it is. */
  record Call(
      Participant plugin, String step, String phase, String action, Duration limit, long row) {
    String what() {
      return step.isEmpty() ? action : action + " of step " + step;
    }

    /** Neither a plugin's id nor a step's name has an underscore. */
    String stage() {
      return "plugin_%s_%s".formatted(plugin.id(), step.isEmpty() ? action : step);
    }

    Operation.StepOf of() {
      return Operation.StepOf.of(plugin, step, phase);
    }
  }

  /**
   * @throws InterruptedException when the operation is cancelled; the call is in the history then
   */
  <T> Answer<T> call(Call call, Gate.Body<T> body) throws InterruptedException {
    Stage stage = new Stage(call.stage());
    Instant at = operation.clock().instant();
    long began = System.nanoTime();
    Gate.Entry<T> entry =
        call.plugin()
            .gate()
            .begin(call.what(), call.limit(), Optional.of(operation.vm().id()), body);
    try {
      T value = entry.await(QUIET, stage::begin);
      stage.end("took " + Durations.words(since(began)));
      return new Answer.Given<>(value, at, since(began));
    } catch (CapabilityException e) {
      linger(call, entry);
      String reason =
          entry.timedOut()
              ? "it did not finish within " + Durations.words(call.limit())
              : BlameLine.reason(call.plugin(), call.what(), e);
      stage.begin();
      stage.end("failed after %s: %s".formatted(Durations.words(since(began)), reason));
      return new Answer.Failed<>(e, reason, entry.timedOut(), at, since(began));
    } catch (InterruptedException e) {
      linger(call, entry);
      operation.record(
          operation.run(call.of(), call.action(), at, since(began), "failed", "cancelled"));
      throw e;
    }
  }

  private void linger(Call call, Gate.Entry<?> entry) {
    if (call.row() > 0) {
      lingering.put(call.row(), entry);
    }
  }

  /**
   * Lets what is left of an earlier call for this row end; after a while it is given up, as the
   * host answers it no more.
   *
   * @return what it gave after all
   */
  Optional<Object> settled(long row) throws InterruptedException {
    Gate.Entry<?> entry = lingering.get(row);
    if (entry == null) {
      return Optional.empty();
    }
    entry.ended(PATIENCE);
    lingering.remove(row);
    return entry.late().map(Object.class::cast);
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** A stage that is only told of when there is a reason. */
  private final class Stage {
    private final String name;
    private boolean told;

    Stage(String name) {
      this.name = name;
    }

    void begin() {
      if (!told) {
        told = true;
        operation.progress().started(name);
      }
    }

    void end(String message) {
      if (told) {
        operation.progress().done(name, message);
      }
    }
  }
}
