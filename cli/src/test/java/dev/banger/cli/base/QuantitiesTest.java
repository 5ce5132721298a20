package dev.banger.cli.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "1GiB,1024",
    "512MiB,512",
    "2g,2048",
    "2048,2048",
    "1.5G,1536",
    "1 GiB,1024",
    "131072k,128",
    "1TiB,1048576"
  })
  void sizesAreReadAsPeopleWriteThem(String text, long mib) {
    assertThat(Quantities.sizeMiB(text, "memory", "--memory", 64, "1GiB")).isEqualTo(mib);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0        | memory must be at least 64 MiB, got 0",
        "-1GiB    | memory must be at least 64 MiB, got -1GiB",
        "63       | memory must be at least 64 MiB, got 63",
        "1.1      | memory must be at least 64 MiB, got 1.1",
        "100.5    | memory must be a whole number of MiB, got 100.5",
        "lots     | memory must be a size like 1GiB, got \"lots\"",
        "1GiB!    | memory must be a size like 1GiB, got \"1GiB!\"",
        "1.2.3g   | memory must be a size like 1GiB, got \"1.2.3g\"",
        "''       | memory must be a size like 1GiB, got \"\"",
        "9999999T | memory must be at most 1 PiB, got 9999999T",
      })
  void otherSizesAreRefusedWithBothValues(String text, String message) {
    assertThatThrownBy(() -> Quantities.sizeMiB(text, "memory", "--memory", 64, "1GiB"))
        .isInstanceOf(Failure.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"30s,30000", "2m,120000", "500ms,500", "1h,3600000", "5,5000", "1.5s,1500"})
  void durationsAreReadAsPeopleWriteThem(String text, long millis) {
    assertThat(Quantities.millis(text, "--timeout")).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"0s", "-5s", "soon", "8d", "9999h", "''"})
  void otherDurationsAreRefused(String text) {
    assertThatThrownBy(() -> Quantities.millis(text, "--timeout")).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 ms",
    "999,999 ms",
    "1100,1.1 s",
    "30000,30.0 s",
    "119960,120.0 s",
    "125000,2 min 5 s",
    "7500000,2 h 5 min"
  })
  void elapsedTimesAreShort(long millis, String text) {
    assertThat(Quantities.elapsed(millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"512,512 MiB", "1024,1 GiB", "1536,1.5 GiB", "8192,8 GiB"})
  void mebibytesAreShort(long mib, String text) {
    assertThat(Quantities.mib(mib)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"7,7 B", "3000,3 KB", "3000000,3 MB", "2500000000,2.5 GB"})
  void bytesAreShort(long bytes, String text) {
    assertThat(Quantities.bytes(bytes)).isEqualTo(text);
  }
}
