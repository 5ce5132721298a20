package dev.banger.core.plugins;

import dev.banger.hooks.JournalRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What plugins hold although they should not, for {@code banger doctor}. */
final class Leftovers {
  private Leftovers() {}

  /**
   * @param known whether there is a plugin of that id
   * @param ofAVm whether the VM of a row exists
   */
  static List<CheckReport> reports(
      OpenRows rows, Predicate<String> known, Predicate<JournalRow> ofAVm) {
    List<CheckReport> reports = new ArrayList<>();
    for (JournalRow row : rows.rows()) {
      boolean isAbsent = !known.test(row.plugin());
      boolean hasVm = ofAVm.test(row);
      if (!isAbsent && hasVm && row.state() != JournalRow.State.STOP_FAILED) {
        continue;
      }
      String reason = row.reason().isEmpty() ? "" : ": " + row.reason();
      reports.add(
          new CheckReport(
              "leftovers",
              row.plugin(),
              "warn",
              "%s holds something for %svm %s%s"
                  .formatted(row.title(), hasVm ? "" : "deleted ", row.vm().name(), reason),
              remedy(row, isAbsent, hasVm)));
    }
    return reports;
  }

  private static String remedy(JournalRow row, boolean isAbsent, boolean hasVm) {
    if (isAbsent) {
      return "install plugin %1$s again to have it taken back; or forget it: banger plugin remove --purge %1$s"
          .formatted(row.plugin());
    }
    return hasVm
        ? "it is tried again by itself; now: banger vm repair " + row.vm().name()
        : "it is tried again by itself; banger plugin info " + row.plugin();
  }
}
