package dev.banger.plugin.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.VmView;
import dev.banger.testkit.FakeVm;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowanceTest {
  private static final Duration CONFIGURED = Duration.ofMinutes(30);

  static VmView labelled(String value) {
    return new FakeVm(
        "aaaaaaaaaaaa",
        "web",
        "tiny",
        "running",
        "127.77.0.2",
        Instant.EPOCH,
        Map.of(Allowance.LABEL, value));
  }

  @Test
  void without_a_label_what_is_configured_counts() {
    assertThat(Allowance.of(FakeVm.running("web"), CONFIGURED)).contains(CONFIGURED);
    assertThat(Allowance.of(FakeVm.running("web"), Duration.ZERO)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1500ms, PT1.5S", "90s, PT90S", "45m, PT45M", "2h, PT2H", "8760h, PT8760H"})
  void a_label_says_how_long_this_vm_may_be_unused(String label, Duration allowed) {
    assertThat(Allowance.of(labelled(label), CONFIGURED)).contains(allowed);
    assertThat(Allowance.of(labelled(label), Duration.ZERO)).contains(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "0s", "0h"})
  void a_label_keeps_this_vm_for_ever(String label) {
    assertThat(Allowance.of(labelled(label), CONFIGURED)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "2",
        "h",
        "-2h",
        "2 h",
        "2H",
        "2d",
        "1h30m",
        "8761h",
        "999999999h",
        "9999999999s",
        "٢h",
        "1e3s",
        "Never",
        "2h\u0000",
        "2h;reboot"
      })
  void a_label_that_is_no_time_is_told_with_what_it_is_and_what_to_type(String label) {
    assertThat(Allowance.problem(labelled(label)).orElseThrow())
        .contains("the label idle-stop must be never or a duration such as 30m or 2h")
        .contains("got \"" + label + "\"");
    assertThatThrownBy(() -> Allowance.of(labelled(label), CONFIGURED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_long_label_is_not_told_whole() {
    assertThat(Allowance.problem(labelled("9".repeat(256))).orElseThrow()).hasSizeLessThan(200);
  }
}
