package dev.banger.core.model;

/** Where a VM is in its life. Every legal transition is in {@code lifecycle.Transitions}. */
public sealed interface VmState {
  record Stopped() implements VmState {}

  record Starting() implements VmState {}

  record Running() implements VmState {}

  record Stopping() implements VmState {}

  /** The VM is down and not because somebody asked. */
  record Failed(String cause) implements VmState {}

  /** The VM is down, and something of it could not be removed from the host yet. */
  record CleanupPending(String what) implements VmState {}

  record Deleting() implements VmState {}

  /** The stable name used in JSON and in the store. */
  default String wireName() {
    return switch (this) {
      case Stopped() -> "stopped";
      case Starting() -> "starting";
      case Running() -> "running";
      case Stopping() -> "stopping";
      case Failed(_) -> "failed";
      case CleanupPending(_) -> "cleanupPending";
      case Deleting() -> "deleting";
    };
  }

  /** Why, for the states that have a reason; else empty. */
  default String reason() {
    return switch (this) {
      case Failed(var cause) -> cause;
      case CleanupPending(var what) -> what;
      case Stopped(), Starting(), Running(), Stopping(), Deleting() -> "";
    };
  }

  static VmState of(String wireName, String reason) {
    return switch (wireName) {
      case "stopped" -> new Stopped();
      case "starting" -> new Starting();
      case "running" -> new Running();
      case "stopping" -> new Stopping();
      case "failed" -> new Failed(reason);
      case "cleanupPending" -> new CleanupPending(reason);
      case "deleting" -> new Deleting();
      default -> throw new IllegalArgumentException("no such VM state: " + wireName);
    };
  }
}
