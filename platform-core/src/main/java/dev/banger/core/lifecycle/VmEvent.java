package dev.banger.core.lifecycle;

/** What may happen to a VM. {@link Transitions} says what each means in each state. */
public sealed interface VmEvent {
  record StartRequested() implements VmEvent {}

  /** The guest's agent answered and was told who it is. */
  record BecameReady() implements VmEvent {}

  record StartFailed(String cause) implements VmEvent {}

  record StopRequested() implements VmEvent {}

  /** The VMM is gone, as it should be, and nothing of it is left. */
  record WentDown() implements VmEvent {}

  /** The VMM is gone and nobody asked. */
  record Crashed(String cause) implements VmEvent {}

  record CleanupFailed(String what) implements VmEvent {}

  record DeleteRequested() implements VmEvent {}
}
