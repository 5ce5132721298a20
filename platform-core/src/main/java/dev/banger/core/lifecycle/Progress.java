package dev.banger.core.lifecycle;

/** Tells whoever watches an operation what is going on. Thread-safe and never blocks for long. */
public interface Progress {
  Progress NONE = (_, _, _) -> {};

  /** Id of the operation, for example {@code op-42}; empty outside of one. */
  default String operation() {
    return "";
  }

  /**
   * @param stage stable snake-case name, for example {@code prepare_disks}
   * @param status {@code started}, {@code done}, {@code failed}, {@code skipped} or {@code note}
   * @param message a short remark for people; may be empty
   */
  void stage(String stage, String status, String message);

  /** Notes what became of what had been begun, for who cancelled it: a short clause. */
  default void undone(String what) {}
}
