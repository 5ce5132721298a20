package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import java.util.ArrayList;
import java.util.List;

/** Says in an error what became of what had been begun. */
final class Undone {
  private Undone() {}

  /**
   * @param more for example {@code the VM was removed again}; may be empty
   */
  static BangerException said(BangerException error, Steps steps, String more) {
    StringBuilder message = new StringBuilder(error.getMessage());
    if (steps.released() > 0) {
      message.append(
          "; %d %s undone".formatted(steps.released(), steps.released() == 1 ? "step" : "steps"));
    }
    if (!more.isEmpty()) {
      message.append("; ").append(more);
    }
    List<String> details = new ArrayList<>(error.details());
    steps.pending().forEach(each -> details.add("not undone, tried again by itself: " + each));
    return new BangerException(error.kind(), message.toString(), error.hint(), details, error);
  }
}
