package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.UseSource;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asking a plugin whether something of its own uses a VM. */
final class UseRules {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int LONGEST = 80;

  private UseRules() {}

  static List<Rule> of(Subject subject) {
    return subject.registration().useSource().isEmpty() || !canStart(subject)
        ? List.of()
        : List.of(
            new Rule(
                "asking whether something uses a VM changes nothing, and has a short answer",
                () -> changesNothing(subject)));
  }

  private static boolean canStart(Subject subject) {
    return subject.registration().steps().isEmpty() || subject.reference().failure().isEmpty();
  }

  private static void changesNothing(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      rig.start(vm);
      Snapshot before = subject.snapshot(world);
      UseSource source = rig.registration().useSource().orElseThrow();
      for (int i = 0; i < 2; i++) {
        Optional<String> use =
            rig.gate().enter("use", LIMIT, lease -> source.use(vm, rig.context(lease)));
        assertThat(use).as("what uses it").isNotNull();
        assertThat(use.orElse("nothing")).isNotBlank().hasSizeLessThanOrEqualTo(LONGEST);
      }
      Problems.none("after asking", subject.snapshot(world).differencesTo(before));
      rig.stop(vm);
    }
  }
}
