package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The session in {@code docs/tour.md}, typed again. {@code -Dbanger.docs.write=true} records it
 * anew.
 */
class TourIT {
  private static final Path DOCUMENT = Path.of("../../docs/tour.md");
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  @Test
  void everyCommandOfTheTourPrintsWhatTheTourShows() throws Exception {
    Tour tour = new Tour(DOCUMENT);
    assertThat(tour.steps()).hasSizeGreaterThan(15);
    try (BangerHome home = BangerHome.empty()) {
      Path desk = Files.createDirectory(home.dir().resolve("desk"));
      Files.writeString(
          desk.resolve(".gitconfig"), "[user]\n  name = Ada Example\n  email = ada@example.org\n");

      Ran ran =
          new Shell(
                  home,
                  Map.of(
                      "BANGER_NETWORK_MODE", "user", "LC_ALL", "C.UTF-8", "HOME", desk.toString()))
              .run(PATIENCE, desk, tour.script());

      List<List<String>> outputs = tour.outputs(ran.out());
      assertThat(outputs).as("%s", ran).hasSameSizeAs(tour.steps());
      if (Boolean.getBoolean("banger.docs.write")) {
        tour.record(outputs);
        return;
      }
      for (int i = 0; i < outputs.size(); i++) {
        Tour.Step step = tour.steps().get(i);
        assertThat(Tour.lasting(outputs.get(i)))
            .as("docs/tour.md, line %d: %s", step.line() + 1, step.command())
            .isEqualTo(Tour.lasting(step.printed()));
      }
    }
  }
}
