package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.hooks.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The doctor checks of plugins. */
final class Checks {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int LONGEST = 1000;

  private Checks() {}

  private record Running(String id, HostedPlugin plugin, Gate.Entry<DoctorCheck.Outcome> entry) {}

  /** Runs all checks at once; one that breaks is a failed check. */
  static List<CheckReport> run(List<HostedPlugin> plugins) throws InterruptedException {
    List<Running> running = new ArrayList<>();
    for (HostedPlugin plugin : plugins) {
      plugin
          .registration()
          .checks()
          .forEach((id, check) -> running.add(new Running(id, plugin, begin(plugin, id, check))));
    }
    List<CheckReport> reports = new ArrayList<>();
    for (Running check : running) {
      reports.add(report(check));
    }
    return reports;
  }

  private static Gate.Entry<DoctorCheck.Outcome> begin(
      HostedPlugin plugin, String id, DoctorCheck check) {
    return plugin
        .gate()
        .begin(
            "check-" + id,
            LIMIT,
            Optional.empty(),
            lease -> Objects.requireNonNull(check.run(plugin.context(lease)), "no outcome"));
  }

  private static CheckReport report(Running check) throws InterruptedException {
    try {
      DoctorCheck.Outcome outcome = check.entry().await();
      return new CheckReport(
          check.id(),
          check.plugin().id(),
          outcome.status().name().toLowerCase(Locale.ROOT),
          bounded(outcome.summary()),
          bounded(outcome.remedy()));
    } catch (CapabilityException e) {
      return new CheckReport(
          check.id(),
          check.plugin().id(),
          "fail",
          e.getMessage(),
          "report it to the plugin's author, or: banger plugin disable " + check.plugin().id());
    }
  }

  private static String bounded(String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /** A plugin that should be active and is not. */
  static CheckReport absent(FoundPlugin found) {
    return new CheckReport(
        "loads",
        found.id(),
        found.state() == PluginState.FAILED ? "fail" : "warn",
        "plugin %s is %s: %s".formatted(found.id(), found.state().wireName(), found.reason()),
        "mend it (its configuration: banger config check; itself: %s), then: banger plugin reload %s; or: banger plugin disable %s"
            .formatted(found.origin(), found.id(), found.id()));
  }
}
