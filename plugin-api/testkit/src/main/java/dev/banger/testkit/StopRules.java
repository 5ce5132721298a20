package dev.banger.testkit;

import dev.banger.api.VmView;
import dev.banger.hooks.JournalRow;
import java.util.ArrayList;
import java.util.List;

/** Stopping, whatever is there and whatever is not. */
final class StopRules {
  private StopRules() {}

  /** What happened between a start and a stop. */
  @FunctionalInterface
  private interface Meanwhile {
    void happens(Subject subject, World world, VmView vm);
  }

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    rules.add(new Rule("stop may be repeated", () -> repeated(subject)));
    rules.add(new Rule("stop without a start succeeds", () -> neverStarted(subject)));
    rules.add(new Rule("stop without a receipt succeeds", () -> withoutReceipt(subject)));
    rules.add(
        after(
            subject,
            "stop succeeds when the guest is gone",
            (_, world, vm) -> Rig.down(world, vm)));
    rules.add(
        after(
            subject,
            "stop succeeds when the VM is gone",
            (_, world, vm) -> {
              Rig.down(world, vm);
              world.forget(vm);
            }));
    rules.add(
        after(
            subject,
            "stop succeeds when its files are gone",
            (_, world, _) -> Trees.empty(world.dataDir())));
    if (subject.canRemoveOutside()) {
      rules.add(
          after(
              subject,
              "stop succeeds when what it made was removed",
              (author, world, vm) -> author.author().removeOutside(world, vm)));
    }
    if (subject.reference().stop().stream().anyMatch(moment -> !moment.contains("journal"))) {
      rules.add(new Rule("a stop that fails at any call succeeds later", () -> failing(subject)));
    }
    return rules;
  }

  private static void repeated(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      List<JournalRow> rows = List.copyOf(rig.open(vm));
      List<String> problems = new ArrayList<>(StepRules.stopAll(rig, vm, rows));
      problems.addAll(StepRules.stopAll(rig, vm, rows));
      problems.addAll(StepRules.leftovers(subject, world));
      Problems.none("after two stops", problems);
    }
  }

  private static void neverStarted(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      List<String> problems = new ArrayList<>(StepRules.stopAll(rig, vm, List.of()));
      problems.addAll(StepRules.leftovers(subject, world));
      Problems.none("after a stop of what was never started", problems);
    }
  }

  private static void withoutReceipt(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      Problems.none("with an empty receipt", StepRules.stopAll(rig, vm, List.of()));
    }
  }

  private static Rule after(Subject subject, String sentence, Meanwhile meanwhile) {
    return new Rule(
        sentence,
        () -> {
          World world = subject.world();
          try (Quiet _ = new Quiet();
              Rig rig = subject.rig(world)) {
            VmView vm = subject.vm(world, "web");
            rig.start(vm);
            List<JournalRow> rows = List.copyOf(rig.open(vm));
            meanwhile.happens(subject, world, vm);
            List<String> problems = new ArrayList<>(StepRules.stopAll(rig, vm, rows));
            StepRules.leftovers(subject, world).stream()
                .filter(line -> !line.startsWith("missing"))
                .forEach(problems::add);
            Problems.none("after the stop", problems);
          }
        });
  }

  private static void failing(Subject subject) throws InterruptedException {
    Problems problems = new Problems();
    List<String> calls =
        subject.reference().stop().stream().filter(moment -> !moment.contains("journal")).toList();
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
      rig.start(vm);
      rig.faults().failAt(call);
      rig.stop(vm);
      rig.faults().rest();
      rig.stop(vm);
      List<String> problems = new ArrayList<>(StepRules.held(rig, vm));
      problems.addAll(StepRules.leftovers(subject, world));
      return problems;
    }
  }
}
