package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiRangeTest {
  @Test
  void what_a_build_writes_admits_the_api_it_was_built_with() {
    assertThat(ApiRange.parse(ApiVersion.range()).admits(ApiVersion.MAJOR, ApiVersion.MINOR))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    ">=1.2 <2, 1, 1, false",
    ">=1.2 <2, 1, 2, true",
    ">=1.2 <2, 1, 10, true",
    ">=1.2 <2, 2, 0, false",
    ">=1.2 <3, 2, 0, true",
    ">=1 <2, 1, 0, true",
    ">=1 <2, 0, 9, false",
  })
  void bounds_are_from_and_below(String range, int major, int minor, boolean admitted) {
    assertThat(ApiRange.parse(range).admits(major, minor)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.0", "*", ">=1.0", "<2", "^1.0", ">=1.0 <=2", ">=1.0.0 <2", "", ">=1 <99999"})
  void anything_else_is_refused(String range) {
    assertThatThrownBy(() -> ApiRange.parse(range))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(">=1.0 <2");
  }
}
