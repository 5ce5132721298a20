package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsAndSizesTest {
  @ParameterizedTest
  @CsvSource({"500ms,500ms", "20s,20s", "2m,120s", "1h,1h", "60m,1h", "0s,0s", "2000ms,2s"})
  void durationsAreReadAndWritten(String text, String written) {
    assertThat(Durations.format(Durations.parse(text))).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "20", "s", "-1s", "1.5s", "1 s", "1d", "1S", "1s ", "9999999999s", "\u0661s"})
  void otherDurationsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "512MiB,512,512MiB",
    "512M,512,512MiB",
    "4GiB,4096,4GiB",
    "4G,4096,4GiB",
    "1TiB,1048576,1TiB",
    "1536MiB,1536,1536MiB",
    "0MiB,0,0MiB",
    "2048GiB,2097152,2TiB"
  })
  void sizesAreReadAndWritten(String text, long mib, String written) {
    assertThat(Sizes.parseMiB(text)).isEqualTo(mib);
    assertThat(Sizes.format(mib)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4",
        "4GB",
        "GiB",
        "-4GiB",
        "1.5GiB",
        "4 GiB",
        "4KiB",
        "4gib",
        "9999999999GiB"
      })
  void otherSizesAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Sizes.parseMiB(text));
  }
}
