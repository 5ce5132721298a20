package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class TscFrequencyTest {
  @TempDir Path dir;

  @Test
  @EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
  void theCounterRunsAtAFrequencyThatProcessorsHave() {
    assertThat(TscFrequency.khz().orElseThrow()).isBetween(500_000L, 10_000_000L);
    assertThat(TscFrequency.khz()).isEqualTo(TscFrequency.khz());
  }

  @Test
  void theFallbackReadsTheFirstProcessor() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("cpuinfo"), "processor\t: 0\ncpu MHz\t\t: 2596.124\ncpu MHz\t\t: 800.0\n");

    assertThat(TscFrequency.fromCpuInfo(file)).hasValue(2_596_124);
  }

  @Test
  void theFallbackGivesNothingWhereNothingIsWritten() throws Exception {
    Path file = Files.writeString(dir.resolve("cpuinfo"), "cpu MHz : fast\n");

    assertThat(TscFrequency.fromCpuInfo(file)).isEmpty();
    assertThat(TscFrequency.fromCpuInfo(dir.resolve("absent"))).isEmpty();
  }
}
