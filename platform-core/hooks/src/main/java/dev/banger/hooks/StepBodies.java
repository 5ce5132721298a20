package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.api.build.Registration;
import java.time.Duration;
import java.util.Optional;

/**
 * The calls of a step's methods. Everything that runs the plugin's code, its receipts included, is
 * inside of them; what they return is plain data of our own.
 */
final class StepBodies {
  private StepBodies() {}

  /**
   * What {@code start} returned.
   *
   * @param state STARTED or SKIPPED
   * @param reason why it is degraded or was skipped; else empty
   */
  record Begun(JournalRow.State state, Optional<String> receiptJson, String note, String reason) {}

  /**
   * What {@code stop} returned.
   *
   * @param outcome as in a {@link HookRun}
   * @param retryAfter present when it is not gone yet
   */
  record Ended(String outcome, Optional<Duration> retryAfter, String message) {}

  /**
   * What {@code observe} returned.
   *
   * @param outcome as in a {@link HookRun}
   */
  record Seen(String outcome, Optional<String> receiptJson, String message) {}

  static <R extends Record> Gate.Body<Begun> start(
      Operation operation, Participant plugin, Registration.Step<R> step, Intents intents) {
    return lease -> {
      Started<R> started =
          step.code()
              .start(
                  new CallContext<>(
                      operation,
                      plugin.context(lease),
                      lease,
                      receipt -> intents.intend(ReceiptCodec.write(step, receipt))));
      return switch (started) {
        case null -> throw nothing(step, "start");
        case Started.Ok<R> ok ->
            new Begun(
                JournalRow.State.STARTED,
                Optional.of(ReceiptCodec.write(step, ok.receipt())),
                Lines.of(ok.note()),
                "");
        case Started.Degraded<R> partly ->
            new Begun(
                JournalRow.State.STARTED,
                Optional.of(ReceiptCodec.write(step, partly.receipt())),
                "",
                said(partly.why()));
        case Started.Skipped<R> skipped ->
            new Begun(JournalRow.State.SKIPPED, Optional.empty(), "", said(skipped.why()));
      };
    };
  }

  static <R extends Record> Gate.Body<Ended> stop(
      Operation operation,
      Participant plugin,
      Registration.Step<R> step,
      int version,
      Optional<String> receiptJson) {
    return lease -> {
      ReceiptCodec.Read<R> read = ReceiptCodec.read(step, version, receiptJson);
      Stopped stopped = step.code().stop(context(operation, plugin, step, lease), read.receipt());
      return switch (stopped) {
        case null -> throw nothing(step, "stop");
        case Stopped.Released released ->
            new Ended("released", Optional.empty(), both(released.note(), read.problem()));
        case Stopped.NothingToDo _ -> new Ended("nothing-to-do", Optional.empty(), read.problem());
        case Stopped.Pending pending ->
            new Ended(
                "pending",
                Optional.of(pending.retryAfter()),
                both(said(pending.why()), read.problem()));
      };
    };
  }

  static <R extends Record> Gate.Body<Seen> observe(
      Operation operation,
      Participant plugin,
      Registration.Step<R> step,
      int version,
      Optional<String> receiptJson) {
    return lease -> {
      ReceiptCodec.Read<R> read = ReceiptCodec.read(step, version, receiptJson);
      Observed<R> observed =
          step.code().observe(context(operation, plugin, step, lease), read.receipt());
      return switch (observed) {
        case null -> throw nothing(step, "observe");
        case Observed.Present<R> present ->
            new Seen(
                "present",
                Optional.of(ReceiptCodec.write(step, present.receipt())),
                read.problem());
        case Observed.Gone<R> _ -> new Seen("gone", Optional.empty(), read.problem());
        case Observed.Drifted<R> drifted ->
            new Seen(
                "drifted",
                Optional.of(ReceiptCodec.write(step, drifted.receipt())),
                both(said(drifted.what()), read.problem()));
        case Observed.Unknown<R> _ -> new Seen("unknown", Optional.empty(), read.problem());
      };
    };
  }

  private static <R extends Record> CallContext<R> context(
      Operation operation, Participant plugin, Registration.Step<R> step, Lease lease) {
    return new CallContext<>(
        operation,
        plugin.context(lease),
        lease,
        _ -> {
          throw Intents.refused(step.spec().name());
        });
  }

  private static CapabilityException nothing(Registration.Step<?> step, String method) {
    return new CapabilityException(
        FailureKind.INTERNAL,
        "%s of step %s returned null".formatted(method, step.spec().name()),
        "this is a defect of the plugin");
  }

  /** A reason is never empty, since an empty one means that all is well. */
  private static String said(String why) {
    String line = Lines.of(why);
    return line.isEmpty() ? "no reason given" : line;
  }

  private static String both(String note, String problem) {
    String line = Lines.of(note);
    return line.isEmpty() || problem.isEmpty() ? line + problem : line + "; " + problem;
  }
}
