package dev.banger.testkit;

import dev.banger.api.Observed;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.MemoryJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looking, after a restart of the daemon. */
final class ObserveRules {
  private ObserveRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    for (Registration.Step<?> step : subject.registration().steps()) {
      String name = step.spec().name();
      if (subject.author().stepsThatEndWithTheDaemon().contains(name)) {
        rules.add(
            new Rule(
                "after a restart, step " + name + " is gone until it is started again",
                () -> startedAgain(subject, name)));
      } else {
        rules.add(
            new Rule(
                "after a restart, step " + name + " is found as it was started",
                () -> found(subject, name)));
      }
      if (subject.canRemoveOutside()) {
        rules.add(
            new Rule(
                "step " + name + " notices that what it made was removed",
                () -> notices(subject, name)));
      }
    }
    rules.add(new Rule("observing changes nothing", () -> changesNothing(subject)));
    return rules;
  }

  private static Registration.Step<?> step(Rig rig, String name) {
    return rig.registration().steps().stream()
        .filter(step -> step.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void found(Subject subject, String name) throws InterruptedException {
    World world = subject.world();
    MemoryJournal journal = new MemoryJournal();
    VmView vm = subject.vm(world, "web");
    try (Quiet _ = new Quiet()) {
      try (Rig before = subject.rig(world, journal)) {
        before.start(vm);
      }
      try (Rig after = subject.rig(world, journal)) {
        Problems.none("after a restart", drift(after, step(after, name), vm));
      }
    }
  }

  /** As the core does it: what is gone is stopped and started. */
  private static void startedAgain(Subject subject, String name) throws InterruptedException {
    World world = subject.world();
    MemoryJournal journal = new MemoryJournal();
    VmView vm = subject.vm(world, "web");
    try (Quiet _ = new Quiet()) {
      try (Rig before = subject.rig(world, journal)) {
        before.start(vm);
      }
      try (Rig after = subject.rig(world, journal)) {
        Registration.Step<?> step = step(after, name);
        if (!(look(after, step, vm, after.open(vm)) instanceof Observed.Gone<?>)) {
          throw new AssertionError("it is not said to be gone, and the daemon was restarted");
        }
        after.recover(vm);
        Problems.none("after it was started again", drift(after, step, vm));
      }
    }
  }

  private static <R extends Record> List<String> drift(
      Rig rig, Registration.Step<R> step, VmView vm) throws InterruptedException {
    Optional<R> receipt = StepRules.receipt(step, rig.open(vm));
    return switch (StepRules.observe(rig, step, vm, receipt)) {
      case Observed.Unknown<R> _ -> List.of();
      case Observed.Present<R> present ->
          receipt.filter(present.receipt()::equals).isPresent()
              ? List.of()
              : List.of(
                  "the receipt is %s and was %s"
                      .formatted(present.receipt(), receipt.map(Object::toString).orElse("none")));
      case Observed.Gone<R> _ -> List.of("it is said to be gone, with nothing changed");
      case Observed.Drifted<R> drifted ->
          List.of("it is said to have drifted, with nothing changed: " + drifted.what());
      case null -> List.of("null was observed");
    };
  }

  private static void notices(Subject subject, String name) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      subject.author().removeOutside(world, vm);
      Registration.Step<?> step = step(rig, name);
      if (look(rig, step, vm, rig.open(vm)) instanceof Observed.Present<?>) {
        throw new AssertionError("it is said to be present, and was removed");
      }
    }
  }

  private static <R extends Record> Observed<R> look(
      Rig rig, Registration.Step<R> step, VmView vm, List<JournalRow> rows)
      throws InterruptedException {
    return StepRules.observe(rig, step, vm, StepRules.receipt(step, rows));
  }

  private static void changesNothing(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      for (Registration.Step<?> step : rig.registration().steps()) {
        look(rig, step, vm, List.of());
      }
      Problems.none("after observing a VM never started", StepRules.leftovers(subject, world));
      rig.start(vm);
      for (Registration.Step<?> step : rig.registration().steps()) {
        look(rig, step, vm, rig.open(vm));
      }
      Problems.none(
          "after observing a running VM",
          subject.snapshot(world).differencesTo(subject.reference().started()));
    }
  }
}
