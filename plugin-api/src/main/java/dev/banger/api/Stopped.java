package dev.banger.api;

import java.time.Duration;
import java.util.Objects;

/** What became of a step's stop. */
public sealed interface Stopped {
  /**
   * What was there is gone.
   *
   * @param note one line for {@code plugin trace}; may be empty
   */
  record Released(String note) implements Stopped {
    public Released {
      Objects.requireNonNull(note);
    }
  }

  /** Nothing was there. */
  record NothingToDo() implements Stopped {}

  /**
   * Not gone yet, and no defect. Tried again later; the VM waits as {@code cleanupPending}.
   *
   * @param retryAfter 1 s to 10 min; what is outside is taken as the nearer end
   */
  record Pending(Duration retryAfter, String why) implements Stopped {
    public Pending {
      Objects.requireNonNull(retryAfter);
      Objects.requireNonNull(why);
    }
  }

  static Stopped released() {
    return new Released("");
  }

  static Stopped released(String note) {
    return new Released(note);
  }

  static Stopped nothingToDo() {
    return new NothingToDo();
  }

  static Stopped pending(Duration retryAfter, String why) {
    return new Pending(retryAfter, why);
  }
}
