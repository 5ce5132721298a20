package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.VmView;
import java.util.ArrayList;
import java.util.List;

/** Starting, with a host that fails. */
final class StartRules {
  private StartRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    rules.add(
        new Rule("a start and a stop leave the world as it was", () -> leavesNothing(subject)));
    rules.add(new Rule("started twice, there is one set of what it makes", () -> twice(subject)));
    if (!subject.reference().startCalls().isEmpty()) {
      rules.add(new Rule("a start that fails at any call is undone", () -> failing(subject)));
    }
    return rules;
  }

  private static void leavesNothing(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      rig.stop(vm);
      Problems.none("after the stop", StepRules.leftovers(subject, world));
    }
  }

  private static void twice(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      rig.start(vm);
      Problems.none(
          "after the second start",
          subject.snapshot(world).differencesTo(subject.reference().started()));
    }
  }

  private static void failing(Subject subject) throws InterruptedException {
    Problems problems = new Problems();
    List<String> calls = subject.reference().startCalls();
    try (Quiet _ = new Quiet()) {
      for (int i = 0; i < calls.size(); i++) {
        problems.tried("a failure " + calls.get(i), failingAt(subject, i));
      }
    }
    problems.check();
  }

  private static List<String> failingAt(Subject subject, int call) throws InterruptedException {
    World world = subject.world();
    try (Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.faults().failAt(call);
      try {
        rig.start(vm);
        // It can do without that call, or is best effort.
        rig.stop(vm);
      } catch (CapabilityException e) {
        // As it should be.
      }
      List<String> problems = new ArrayList<>(StepRules.held(rig, vm));
      problems.addAll(StepRules.leftovers(subject, world));
      return problems;
    }
  }
}
