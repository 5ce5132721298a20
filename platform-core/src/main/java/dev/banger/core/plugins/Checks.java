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

  /** One that a plugin declares. */
  record Check(HostedPlugin plugin, String id) {
    CheckReport run() throws InterruptedException {
      return report(begin());
    }

    private Gate.Entry<DoctorCheck.Outcome> begin() {
      DoctorCheck code = plugin.registration().checks().get(id);
      return plugin
          .gate()
          .begin(
              "check-" + id,
              LIMIT,
              Optional.empty(),
              lease -> Objects.requireNonNull(code.run(plugin.context(lease)), "no outcome"));
    }

    private CheckReport report(Gate.Entry<DoctorCheck.Outcome> entry) throws InterruptedException {
      try {
        DoctorCheck.Outcome outcome = entry.await();
        return new CheckReport(
            id,
            plugin.id(),
            outcome.status().name().toLowerCase(Locale.ROOT),
            bounded(outcome.summary()),
            bounded(outcome.remedy()));
      } catch (CapabilityException e) {
        return new CheckReport(
            id,
            plugin.id(),
            "fail",
            e.getMessage(),
            "report it to the plugin's author, or: banger plugin disable " + plugin.id());
      }
    }
  }

  /** What came of one. */
  record Done(Check check, CheckReport report) {}

  private record Running(Check check, Gate.Entry<DoctorCheck.Outcome> entry) {}

  /** Runs all checks at once; one that breaks is a failed check. */
  static List<Done> run(List<HostedPlugin> plugins) throws InterruptedException {
    List<Running> running = new ArrayList<>();
    for (HostedPlugin plugin : plugins) {
      for (String id : plugin.registration().checks().keySet()) {
        Check check = new Check(plugin, id);
        running.add(new Running(check, check.begin()));
      }
    }
    List<Done> done = new ArrayList<>();
    for (Running each : running) {
      done.add(new Done(each.check(), each.check().report(each.entry())));
    }
    return done;
  }

  static String bounded(String text) {
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
