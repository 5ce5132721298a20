package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the tutorial for authors of plugins says, typed as it stands. */
class TutorialIT {
  private static final Path DOCUMENT = Path.of("../../docs/plugin-authors.md");
  private static final Duration PATIENCE = Duration.ofMinutes(14);

  @Test
  void everyCommandOfTheTutorialWorksAndPrintsWhatIsShown() throws Exception {
    Tutorial tutorial = Tutorial.read(DOCUMENT);
    assertThat(tutorial.steps()).hasSizeGreaterThan(20);
    try (BangerHome home = BangerHome.with("tiny")) {
      AuthorsDesk desk = new AuthorsDesk(home);

      Ran ran = desk.within(PATIENCE, desk.dir(), tutorial.script());

      List<String> outputs = tutorial.outputs(ran.out());
      for (int i = 0; i < outputs.size(); i++) {
        Tutorial.Step step = tutorial.steps().get(i);
        assertThat(step.missingIn(outputs.get(i)))
            .as(
                "line %d of the tutorial: %s%nprinted: %s",
                step.line(), step.command(), outputs.get(i))
            .isEmpty();
      }
      assertThat(ran.exitCode())
          .as("after line %d: %s", lastLine(tutorial, outputs), ran.out())
          .isZero();
      assertThat(outputs).hasSameSizeAs(tutorial.steps());
    }
  }

  private static int lastLine(Tutorial tutorial, List<String> outputs) {
    return outputs.isEmpty() ? 0 : tutorial.steps().get(outputs.size() - 1).line();
  }
}
