package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorFix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Mends what checks of plugins complain of, as far as plugins say how.
 *
 * @param limit for each fix
 * @param isInUse whether a version is the active one still
 */
record Fixes(Duration limit, Predicate<HostedPlugin> isInUse) {
  static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Runs the fix of each check that is not ok, one after the other, as one may rest on another, and
   * its check again. A fix that breaks is told and keeps no other from being run.
   */
  List<CheckReport> run(List<Checks.Done> found) throws InterruptedException {
    List<CheckReport> reports = new ArrayList<>();
    for (Checks.Done done : found) {
      DoctorFix fix = done.check().plugin().registration().fixes().get(done.check().id());
      reports.add(
          fix == null || done.report().status().equals("ok") ? done.report() : mended(done, fix));
    }
    return reports;
  }

  private CheckReport mended(Checks.Done done, DoctorFix fix) throws InterruptedException {
    HostedPlugin plugin = done.check().plugin();
    if (!isInUse.test(plugin)) {
      return because(
          done.report(),
          "plugin %s was replaced or switched off meanwhile".formatted(plugin.title()));
    }
    try {
      String what =
          plugin
              .gate()
              .enter("fix-" + done.check().id(), limit, lease -> fix.fix(plugin.context(lease)));
      String line = what == null ? "" : Checks.bounded(what.replaceAll("\\R", " ").strip());
      CheckReport now = done.check().run();
      return new CheckReport(
          now.id(), now.source(), now.status(), now.summary(), now.remedy(), line);
    } catch (CapabilityException e) {
      // Looked at all the same: it may have come far enough.
      return because(done.check().run(), e.getMessage());
    }
  }

  private static CheckReport because(CheckReport report, String reason) {
    return report.status().equals("ok")
        ? report
        : new CheckReport(
            report.id(),
            report.source(),
            report.status(),
            Checks.bounded(report.summary() + "; not mended: " + reason),
            report.remedy());
  }
}
