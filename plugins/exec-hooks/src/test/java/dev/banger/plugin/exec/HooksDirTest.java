package dev.banger.plugin.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HooksDirTest {
  private static HookSettings in(String dir) {
    return new HookSettings(dir, Duration.ofSeconds(1), List.of());
  }

  private static String of(String dir, Map<String, String> environment) {
    return HooksDir.of(in(dir), environment).toString();
  }

  @Test
  void without_a_setting_scripts_are_beside_the_configuration_file() {
    assertThat(of("", Map.of("HOME", "/h"))).isEqualTo("/h/.config/banger/hooks");
    assertThat(of("", Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/x"))).isEqualTo("/x/banger/hooks");
    assertThat(of("", Map.of("HOME", "/h", "XDG_CONFIG_HOME", "relative")))
        .isEqualTo("/h/.config/banger/hooks");
    assertThat(of("", Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/x", "BANGER_HOME", "/b")))
        .isEqualTo("/b/config/hooks");
  }

  @Test
  void a_setting_is_absolute_or_from_home_on() {
    assertThat(of("/srv/hooks/", Map.of("BANGER_HOME", "/b"))).isEqualTo("/srv/hooks");
    assertThat(of("~/hooks", Map.of("HOME", "/h"))).isEqualTo("/h/hooks");
    assertThatThrownBy(() -> in("hooks"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dir begins with / or ~/, got \"hooks\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10-a", "late/10-a", "guest/../x", "guest/-x", "guest/", "guest/a b"})
  void what_is_required_is_named_by_phase_and_name(String reference) {
    assertThatThrownBy(() -> new HookSettings("", Duration.ofSeconds(1), List.of(reference)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got \"" + reference + "\"");
  }

  @Test
  void a_timeout_is_neither_nothing_nor_for_ever() {
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(1))) {
      assertThatThrownBy(() -> new HookSettings("", wrong, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("timeout is 100ms to 5m, got ");
    }
  }
}
