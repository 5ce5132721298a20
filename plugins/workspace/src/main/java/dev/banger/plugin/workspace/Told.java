package dev.banger.plugin.workspace;

import dev.banger.api.Progress;
import java.util.List;
import java.util.Map;

/** What people see of an export on their terminal. */
final class Told {
  private static final int MOST_LINES = 20;
  private static final String STAGE = "review";

  private Told() {}

  static void to(
      Progress progress, Review review, Map<String, Object> fields, List<String> remarks) {
    Difference difference = review.difference();
    for (Change change : difference.changes().stream().limit(MOST_LINES).toList()) {
      progress.note(STAGE, change.status() + "  " + Names.shown(change.name()));
    }
    if (difference.files() > MOST_LINES) {
      progress.note(STAGE, "and %d more".formatted(difference.files() - MOST_LINES));
    }
    remarks.forEach(remark -> progress.note(STAGE, remark));
    if (fields.get("warnings") instanceof List<?> warnings) {
      warnings.forEach(warning -> progress.note(STAGE, "look at: " + warning));
    }
  }
}
