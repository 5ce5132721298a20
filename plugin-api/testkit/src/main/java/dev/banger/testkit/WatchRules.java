package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.VmView;
import dev.banger.api.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looking now and then while VMs run. */
final class WatchRules {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private WatchRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    if (subject.registration().watcher().isEmpty()
        || subject.registration().steps().isEmpty()
        || subject.reference().failure().isPresent()) {
      return rules;
    }
    rules.add(
        new Rule(
            "a watch finds VMs as they were started, and changes nothing",
            () -> allIsWell(subject)));
    if (subject.canRemoveOutside()) {
      rules.add(
          new Rule(
              "a watch notices what was removed, until it is repaired", () -> notices(subject)));
    }
    return rules;
  }

  private static Set<String> watch(Rig rig) throws InterruptedException {
    Watcher watcher = rig.registration().watcher().orElseThrow();
    return rig.gate().enter("watch", LIMIT, lease -> watcher.drifted(rig.context(lease)));
  }

  private static void allIsWell(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      assertThat(watch(rig)).as("what has drifted where no VM runs").isEmpty();
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      Snapshot before = subject.snapshot(world);
      assertThat(watch(rig)).as("what has drifted").isEmpty();
      Problems.none("after the watch", subject.snapshot(world).differencesTo(before));
      rig.stop(vm);
      assertThat(watch(rig)).as("what has drifted after the stop").isEmpty();
    }
  }

  private static void notices(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      subject.author().removeOutside(world, vm);
      Snapshot before = subject.snapshot(world);
      assertThat(watch(rig)).as("what has drifted").containsExactly(vm.id());
      Problems.none("after the watch", subject.snapshot(world).differencesTo(before));
      assertThat(rig.recover(vm)).as("what was repaired").isNotEmpty();
      assertThat(watch(rig)).as("what has drifted after the repair").isEmpty();
    }
  }
}
