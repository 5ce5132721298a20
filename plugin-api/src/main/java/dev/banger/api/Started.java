package dev.banger.api;

import java.util.Objects;

/** What became of a step's start. */
public sealed interface Started<R extends Record> {
  /**
   * Done.
   *
   * @param note one line for {@code plugin trace}, for example {@code 3 files, 2 unchanged}; may be
   *     empty
   */
  record Ok<R extends Record>(R receipt, String note) implements Started<R> {
    public Ok {
      Objects.requireNonNull(receipt);
      Objects.requireNonNull(note);
    }
  }

  /** Done in part: the VM runs, and is shown as degraded with the reason, also if REQUIRED. */
  record Degraded<R extends Record>(R receipt, String why) implements Started<R> {
    public Degraded {
      Objects.requireNonNull(receipt);
      Objects.requireNonNull(why);
    }
  }

  /** Nothing to do for this VM, and nothing was made; {@link LifecycleStep#stop} is not called. */
  record Skipped<R extends Record>(String why) implements Started<R> {
    public Skipped {
      Objects.requireNonNull(why);
    }
  }

  static <R extends Record> Started<R> ok(R receipt) {
    return new Ok<>(receipt, "");
  }

  static <R extends Record> Started<R> ok(R receipt, String note) {
    return new Ok<>(receipt, note);
  }

  static <R extends Record> Started<R> degraded(R receipt, String why) {
    return new Degraded<>(receipt, why);
  }

  static <R extends Record> Started<R> skipped(String why) {
    return new Skipped<>(why);
  }
}
