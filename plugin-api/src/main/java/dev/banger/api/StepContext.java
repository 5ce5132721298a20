package dev.banger.api;

import java.time.Duration;

/** What surrounds one call into a step. Good until that call returns or its deadline passes. */
public interface StepContext<R extends Record> extends PluginContext {
  /** The VM as it was when the operation began. Its directory and guest may be gone in a stop. */
  VmView vm();

  /** What the step is run for, as {@code banger op list} shows it, for example {@code op-42}. */
  String operation();

  /** Time left before the deadline; not negative. */
  Duration remaining();

  Progress progress();

  /**
   * Says what is about to be made. Durable when it returns; the last one counts. Called before each
   * side effect, with a receipt that covers everything made so far and the next thing.
   *
   * @throws CapabilityException of kind {@code ILLEGAL_STATE} outside of {@link
   *     LifecycleStep#start}, {@code INVALID} when the receipt is too large, {@code HOST} when it
   *     cannot be stored: the side effect must not follow then
   */
  void intend(R receipt);
}
