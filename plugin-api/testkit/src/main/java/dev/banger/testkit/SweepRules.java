package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Sweeper;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Removing what belongs to no VM any more. */
final class SweepRules {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private SweepRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    if (subject.registration().sweeper().isEmpty()) {
      return rules;
    }
    rules.add(new Rule("a sweep finds nothing where nothing is", () -> nothingThere(subject)));
    if (!subject.registration().steps().isEmpty() && subject.reference().failure().isEmpty()) {
      rules.add(new Rule("a sweep keeps what belongs to a VM", () -> keepsTheLiving(subject)));
      rules.add(
          new Rule(
              "a sweep removes what belongs to no VM, and no more", () -> removesTheDead(subject)));
    }
    return rules;
  }

  private static List<String> sweep(Rig rig, Predicate<String> exists) throws InterruptedException {
    Sweeper sweeper = rig.registration().sweeper().orElseThrow();
    return rig.gate().enter("sweep", LIMIT, lease -> sweeper.sweep(exists, rig.context(lease)));
  }

  private static void nothingThere(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      Snapshot before = subject.snapshot(world);
      assertThat(sweep(rig, _ -> false)).as("what was removed").isEmpty();
      Problems.none("after the sweep", subject.snapshot(world).differencesTo(before));
    }
  }

  private static void keepsTheLiving(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      Snapshot before = subject.snapshot(world);
      List<String> removed = sweep(rig, vm.id()::equals);
      Problems.none("after the sweep", subject.snapshot(world).differencesTo(before));
      assertThat(removed).as("what was removed").isEmpty();
    }
  }

  private static void removesTheDead(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView living = subject.vm(world, "web");
      rig.start(living);
      Snapshot before = subject.outside(world);
      VmView dead = subject.vm(world, "dead");
      rig.start(dead);
      boolean leaves = !subject.outside(world).differencesTo(before).isEmpty();
      Rig.down(world, dead);
      world.forget(dead);
      List<String> removed = sweep(rig, living.id()::equals);
      Problems.none("after the sweep", subject.outside(world).differencesTo(before));
      assertThat(removed.isEmpty()).as("whether nothing was said to be removed").isEqualTo(!leaves);
      assertThat(sweep(rig, living.id()::equals)).as("what a second sweep removed").isEmpty();
      Problems.none("after a second sweep", subject.outside(world).differencesTo(before));
    }
  }
}
