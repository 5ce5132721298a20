package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.PlainRecords;
import dev.banger.api.build.Registration;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Receipts to and from JSON. Runs the plugin's own code (accessors, constructors, upgrade), so call
 * it where that is allowed to hang.
 */
final class ReceiptCodec {
  /** As {@link dev.banger.api.LifecycleStep} promises. */
  static final int MAX_BYTES = 64 << 10;

  private ReceiptCodec() {}

  /**
   * A receipt that was read, or why it cannot be.
   *
   * @param problem one sentence; empty when there is none
   */
  record Read<R extends Record>(Optional<R> receipt, String problem) {}

  /**
   * @throws CapabilityException of kind INVALID when it is none, of another type, too large, or
   *     could not be read again
   */
  static <R extends Record> String write(Registration.Step<R> step, Record receipt) {
    if (!step.receipt().isInstance(receipt)) {
      throw invalid(
          step,
          "is no %s but %s"
              .formatted(
                  step.receipt().getSimpleName(),
                  receipt == null ? "null" : "a " + receipt.getClass().getSimpleName()));
    }
    try {
      String json = JsonText.compact(PlainRecords.toTree(receipt));
      int bytes = json.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_BYTES) {
        throw invalid(step, "has %d bytes, 64 KiB is allowed".formatted(bytes));
      }
      // One that cannot be read would be noticed at the stop, when it is too late.
      PlainRecords.fromTree(step.receipt(), JsonTrees.tree(json));
      return json;
    } catch (IllegalArgumentException e) {
      throw invalid(step, "cannot be stored: " + e.getMessage());
    }
  }

  private static CapabilityException invalid(Registration.Step<?> step, String what) {
    return new CapabilityException(
        FailureKind.INVALID,
        "the receipt of step %s %s".formatted(step.spec().name(), what),
        "this is a defect of the plugin");
  }

  /**
   * @param version the {@link dev.banger.api.StepSpec#receiptVersion} it was written with
   */
  static <R extends Record> Read<R> read(
      Registration.Step<R> step, int version, Optional<String> json) {
    if (json.isEmpty()) {
      return new Read<>(Optional.empty(), "");
    }
    int known = step.spec().receiptVersion();
    try {
      if (version > known) {
        return unread("it has version %d, known is %d".formatted(version, known));
      }
      Map<String, Object> fields = JsonTrees.tree(json.get());
      Record receipt =
          version == known
              ? PlainRecords.fromTree(step.receipt(), fields)
              : step.code().upgrade(version, fields);
      return step.receipt().isInstance(receipt)
          ? new Read<>(Optional.of(step.receipt().cast(receipt)), "")
          : unread("the upgrade from version %d gave no receipt".formatted(version));
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return unread(Failures.describe(e));
    }
  }

  private static <R extends Record> Read<R> unread(String why) {
    return new Read<>(Optional.empty(), "the receipt cannot be read: " + Lines.of(why));
  }
}
