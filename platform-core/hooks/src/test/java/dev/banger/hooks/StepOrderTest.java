package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.hooks.Fixture.Code;
import dev.banger.hooks.Fixture.Mark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepOrderTest {
  private static StepSpec host(String name, String... after) {
    return StepSpec.required(name, Phase.HOST).after(after);
  }

  private static Participant plugin(String id, StepSpec... specs) {
    return Fixture.plugin(
        id,
        registrar -> {
          for (StepSpec spec : specs) {
            registrar.step(
                spec,
                Mark.class,
                new Code(_ -> Started.skipped("x"), (_, _) -> Stopped.nothingToDo()));
          }
        });
  }

  private static List<String> order(List<Participant> plugins) {
    return StepOrder.of(plugins, Phase.HOST).stream().map(step -> step.ref().toString()).toList();
  }

  @Test
  void whatItComesAfterCountsFirstThenThePluginsIdThenTheDeclaration() {
    List<Participant> plugins =
        new ArrayList<>(
            List.of(
                plugin("ccc", host("z"), host("a")),
                plugin("aaa", host("late", "bbb/b"), host("soon")),
                plugin("bbb", host("b", "ccc/a"), StepSpec.required("other", Phase.GUEST))));
    List<String> expected = List.of("aaa/soon", "ccc/z", "ccc/a", "bbb/b", "aaa/late");

    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(plugins, random);
      assertThat(order(plugins)).isEqualTo(expected);
    }
  }

  @Test
  void aWholePluginCanBeNamedAndOneThatIsNotThereIsNoMatter() {
    assertThat(
            order(
                List.of(
                    plugin("aaa", host("x", "zzz", "gone", "gone/step")),
                    plugin("zzz", host("one"), host("two")))))
        .containsExactly("zzz/one", "zzz/two", "aaa/x");
  }

  @Test
  void aCircleIsRunInAnOrderThatIsAlwaysTheSame() {
    List<Participant> plugins =
        new ArrayList<>(
            List.of(
                plugin("aaa", host("a", "ccc/c")),
                plugin("bbb", host("b", "aaa/a")),
                plugin("ccc", host("c", "bbb/b"), host("free")),
                plugin("ddd", host("d", "ccc/c"))));

    for (int i = 0; i < 4; i++) {
      Collections.rotate(plugins, 1);
      assertThat(order(plugins)).containsExactly("ccc/free", "aaa/a", "bbb/b", "ccc/c", "ddd/d");
    }
  }

  @Test
  void aCircleIsNamed() {
    assertThat(
            StepOrder.problem(
                Map.of(
                    "aaa", List.of(host("a", "ccc/c")),
                    "bbb", List.of(host("b", "aaa/a")),
                    "ccc", List.of(host("c", "bbb"), host("free", "aaa")))))
        .contains("steps wait for each other: aaa/a after ccc/c after bbb/b after aaa/a");
    assertThat(StepOrder.problem(Map.of("aaa", List.of(host("a", "aaa"), host("b", "aaa/a")))))
        .contains("steps wait for each other: aaa/a after aaa/b after aaa/a");
  }

  @Test
  void aStepCannotComeAfterALaterPhase() {
    assertThat(
            StepOrder.problem(
                Map.of(
                    "aaa", List.of(host("a", "bbb")),
                    "bbb", List.of(StepSpec.required("b", Phase.GUEST)))))
        .contains("step aaa/a of phase host cannot come after bbb/b of phase guest");
  }

  @Test
  void whatIsInOrderHasNoProblem() {
    assertThat(
            StepOrder.problem(
                Map.of(
                    "aaa", List.of(host("a", "bbb/b", "missing/x"), host("b", "aaa/a")),
                    "bbb", List.of(host("b"), StepSpec.required("c", Phase.GUEST).after("aaa")))))
        .isEmpty();
  }
}
