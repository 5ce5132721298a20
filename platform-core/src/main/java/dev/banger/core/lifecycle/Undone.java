package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import java.util.ArrayList;
import java.util.List;

/** Says in an error what became of what had been begun. */
final class Undone {
  private Undone() {}

  /**
   * @param more for example {@code the VM was removed again}; may be empty
   * @param progress learns the same, for who cancelled it
   */
  static BangerException said(BangerException error, Steps steps, String more, Progress progress) {
    List<String> clauses = new ArrayList<>();
    if (steps.released() > 0) {
      clauses.add(
          "%d %s undone".formatted(steps.released(), steps.released() == 1 ? "step" : "steps"));
    }
    if (!more.isEmpty()) {
      clauses.add(more);
    }
    String undone = String.join("; ", clauses);
    progress.undone(undone);
    String message = error.getMessage() + (undone.isEmpty() ? "" : "; " + undone);
    List<String> details = new ArrayList<>(error.details());
    steps.pending().forEach(each -> details.add("not undone, tried again by itself: " + each));
    return new BangerException(error.kind(), message, error.hint(), details, error);
  }
}
