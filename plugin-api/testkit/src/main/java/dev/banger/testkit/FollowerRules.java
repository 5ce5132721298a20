package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandFollower;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.VmView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a plugin does after commands of others. Which plugin has the role, and which values its
 * command declares, a follower cannot know.
 */
final class FollowerRules {
  /** As {@link CommandFollower} says. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private FollowerRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    for (String role : subject.registration().followers().keySet()) {
      rules.add(
          new Rule(
              "what follows %s copes with a command that declares no values".formatted(role),
              () -> copes(subject, role, CommandResult.none())));
      rules.add(
          new Rule(
              "what follows %s copes with an answer of rows".formatted(role),
              () -> copes(subject, role, CommandResult.rows(List.of(Map.of("other", 1))))));
    }
    for (FollowerCase use : subject.author().followerCases()) {
      rules.add(
          new Rule(
              "after %s %s it does its part".formatted(use.role(), use.values()),
              () -> follows(subject, use)));
    }
    return rules;
  }

  private static void copes(Subject subject, String role, CommandResult result)
      throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      running(subject, rig, world);
      try {
        follow(rig, role, Map.of(), result);
      } catch (CapabilityException e) {
        assertThat(e.kind()).as("\"%s\" is a defect", e.getMessage()).isNotIn(DEFECTS);
      }
    }
  }

  /** What a plugin's exceptions and its deadline become. */
  private static final List<FailureKind> DEFECTS =
      List.of(FailureKind.INTERNAL, FailureKind.TIMEOUT);

  private static void follows(Subject subject, FollowerCase use) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      running(subject, rig, world);
      assertThat(rig.registration().followers()).as("what it follows").containsKey(use.role());
      try {
        follow(rig, use.role(), use.values(), CommandResult.object(use.result()));
      } catch (CapabilityException e) {
        throw new AssertionError(
            "after %s %s it failed: %s".formatted(use.role(), use.values(), e.getMessage()), e);
      }
    }
  }

  /** The VM {@code web}, started by the plugin where it has steps that start. */
  private static void running(Subject subject, Rig rig, World world) throws InterruptedException {
    VmView vm = subject.vm(world, "web");
    if (rig.registration().steps().isEmpty() || subject.reference().failure().isPresent()) {
      world.state(vm, "running");
    } else {
      rig.start(vm);
    }
  }

  /** As the core does it. */
  static void follow(Rig rig, String role, Map<String, String> values, CommandResult result)
      throws InterruptedException {
    CommandFollower follower = rig.registration().followers().get(role);
    var _ =
        rig.gate()
            .enter(
                "after-" + role,
                LIMIT,
                lease -> {
                  follower.follow(
                      FakeCommandCall.following(values, Path.of("/"), rig.context(lease)), result);
                  return true;
                });
  }
}
