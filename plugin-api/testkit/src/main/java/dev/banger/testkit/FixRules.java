package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.DoctorFix;
import dev.banger.api.FailureKind;
import dev.banger.api.VmView;
import dev.banger.hooks.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a plugin does for {@code doctor --fix}. */
final class FixRules {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private FixRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    boolean hasSteps =
        !subject.registration().steps().isEmpty() && subject.reference().failure().isEmpty();
    for (String id : subject.registration().fixes().keySet()) {
      rules.add(new Rule("fix " + id + " may be run twice", () -> twice(subject, id)));
      if (DoctorRules.usesTools(subject)) {
        rules.add(
            new Rule(
                "fix " + id + " says what is missing where no tool is installed",
                () -> bare(subject, id)));
      }
      if (hasSteps) {
        rules.add(
            new Rule(
                "fix " + id + " leaves a running VM as it was started",
                () -> breaksNothing(subject, id, false)));
        if (subject.canRemoveOutside()) {
          rules.add(
              new Rule(
                  "fix " + id + " breaks nothing when what a VM has was removed",
                  () -> breaksNothing(subject, id, true)));
        }
      }
    }
    return rules;
  }

  private static void twice(Subject subject, String id) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      runTwice(subject, rig, id);
    }
  }

  /** The second time changes nothing, and neither makes the check's outcome worse. */
  private static void runTwice(Subject subject, Rig rig, String id) throws InterruptedException {
    DoctorCheck.Status before = DoctorRules.check(rig, id).status();
    fix(rig, id);
    Snapshot once = subject.snapshot(rig.world());
    fix(rig, id);
    Problems.none("after the second fix", subject.snapshot(rig.world()).differencesTo(once));
    assertThat(DoctorRules.check(rig, id).status())
        .as("what the check says after the fix")
        .isLessThanOrEqualTo(before);
  }

  private static void fix(Rig rig, String id) throws InterruptedException {
    try {
      run(rig, id);
    } catch (CapabilityException e) {
      throw new AssertionError("fix %s failed: %s".formatted(id, e.getMessage()), e);
    }
  }

  private static void run(Rig rig, String id) throws InterruptedException {
    DoctorFix fix = rig.registration().fixes().get(id);
    String done = rig.gate().enter("fix " + id, LIMIT, lease -> fix.fix(rig.context(lease)));
    assertThat(done).as("what was done").isNotNull();
    assertThat(done.lines().count()).as("lines of \"%s\"", done).isLessThanOrEqualTo(1);
  }

  private static void bare(Subject subject, String id) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      DoctorRules.uninstall(subject, world);
      Snapshot before = subject.snapshot(world);
      try {
        run(rig, id);
      } catch (CapabilityException e) {
        if (e.kind() == FailureKind.INTERNAL) {
          throw new AssertionError("fix %s failed: %s".formatted(id, e.getMessage()), e);
        }
        Problems.none("after a fix that failed", subject.snapshot(world).differencesTo(before));
      }
    }
  }

  private static void breaksNothing(Subject subject, String id, boolean removed)
      throws InterruptedException {
    Snapshot without = subject.reference().never();
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      Snapshot empty = subject.outside(world);
      fix(rig, id);
      // What it does for the host alone stays.
      boolean stays = !subject.outside(world).differencesTo(empty).isEmpty();
      Snapshot bare = stays ? subject.outside(world) : without;
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      if (removed) {
        subject.author().removeOutside(world, vm);
      }
      runTwice(subject, rig, id);
      List<String> lines = rig.recover(vm);
      if (!removed) {
        Problems.none("steps that are not as they were started", lines);
      }
      StopReport report = rig.stop(vm);
      assertThat(report.pending()).as("what the stop leaves").isEmpty();
      Problems.none(
          "left behind by a stop after the fix", subject.outside(world).differencesTo(bare));
    }
  }
}
