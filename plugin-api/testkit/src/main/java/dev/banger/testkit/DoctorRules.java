package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.Permission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a plugin adds to the doctor. */
final class DoctorRules {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String TOOL = Permission.hostTool("x").name().replaceFirst("x$", "");

  private DoctorRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    for (String id : subject.registration().checks().keySet()) {
      rules.add(
          new Rule(
              "check " + id + " ends in time, changes nothing, and says what to do",
              () -> fine(subject, id, false)));
      if (usesTools(subject)) {
        rules.add(
            new Rule(
                "check " + id + " has an answer where no tool is installed",
                () -> fine(subject, id, true)));
      }
    }
    return rules;
  }

  static boolean usesTools(Subject subject) {
    return subject.registration().permissions().stream()
        .anyMatch(permission -> permission.name().startsWith(TOOL));
  }

  /** From now on no tool is installed. */
  static void uninstall(Subject subject, World world) {
    subject.registration().permissions().stream()
        .map(Permission::name)
        .filter(name -> name.startsWith(TOOL))
        .forEach(name -> world.without(name.substring(TOOL.length())));
  }

  /**
   * @throws CapabilityException when it has no outcome
   */
  static DoctorCheck.Outcome check(Rig rig, String id) throws InterruptedException {
    DoctorCheck check = rig.registration().checks().get(id);
    return rig.gate().enter("check " + id, LIMIT, lease -> check.run(rig.context(lease)));
  }

  private static void fine(Subject subject, String id, boolean bare) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      if (bare) {
        uninstall(subject, world);
      }
      Snapshot before = subject.snapshot(world);
      DoctorCheck.Outcome outcome = check(rig, id);
      assertThat(outcome).as("the outcome").isNotNull();
      assertThat(outcome.summary()).as("the summary").isNotBlank();
      Problems.none("after the check", subject.snapshot(world).differencesTo(before));
    } catch (CapabilityException e) {
      throw new AssertionError("check %s failed: %s".formatted(id, e.getMessage()), e);
    }
  }
}
