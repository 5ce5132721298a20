package dev.banger.plugin.idle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.5S, 500 ms",
    "PT3S, 3 s",
    "PT90S, 90 s",
    "PT2M, 2 min",
    "PT150S, 150 s",
    "PT30M, 30 min",
    "PT1H, 1 h",
    "PT90M, 1 h 30 min",
    "PT8760H, 8760 h"
  })
  void durations_are_told_in_units_that_fit(Duration duration, String words) {
    assertThat(Words.duration(duration)).isEqualTo(words);
  }

  @Test
  void a_time_of_another_day_has_its_day() {
    Instant now = Instant.parse("2026-01-02T23:59:58Z");

    assertThat(Words.time(now, now, ZoneOffset.UTC, true)).isEqualTo("23:59:58");
    assertThat(Words.time(now.plusSeconds(2), now, ZoneOffset.UTC, false))
        .isEqualTo("2026-01-03 00:00");
  }
}
