package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PluginConfigTest {
  private static final Path HOME = Path.of("/home/ada");

  enum Mode {
    FAST,
    VERY_SAFE
  }

  record Zone(String name, int ttl) {}

  record Settings(
      String listen,
      int maxFiles,
      double ratio,
      boolean strict,
      Duration pause,
      Mode mode,
      Optional<Path> key,
      List<String> hosts,
      Zone zone,
      List<Zone> more,
      Map<String, Long> limits) {
    Settings {
      if (maxFiles < 1) {
        throw new IllegalArgumentException("max_files must be 1 or more, not " + maxFiles);
      }
    }
  }

  private static final Settings DEFAULTS =
      new Settings(
          "127.0.0.1",
          10,
          0.5,
          true,
          Duration.ofSeconds(5),
          Mode.FAST,
          Optional.empty(),
          List.of("a"),
          new Zone("vm", 5),
          List.of(),
          Map.of());

  private static Settings read(Map<String, Object> table) {
    return (Settings) PluginConfig.of("dns", Optional.of(DEFAULTS), table, HOME);
  }

  @Test
  void what_is_not_configured_has_its_default() {
    assertThat(read(Map.of())).isEqualTo(DEFAULTS);
  }

  @Test
  void every_kind_of_value_is_read_the_configuration_files_way() {
    assertThat(
            read(
                Map.ofEntries(
                    Map.entry("listen", "::1"),
                    Map.entry("max_files", 20L),
                    Map.entry("ratio", 2L),
                    Map.entry("strict", false),
                    Map.entry("pause", "2m"),
                    Map.entry("mode", "very-safe"),
                    Map.entry("key", "~/.ssh/key"),
                    Map.entry("hosts", List.of("b", "c")),
                    Map.entry("zone", Map.of("ttl", 9L)),
                    Map.entry("more", List.of(Map.of("name", "x", "ttl", 1L))),
                    Map.entry("limits", Map.of("Web_1", 7L)))))
        .isEqualTo(
            new Settings(
                "::1",
                20,
                2.0,
                false,
                Duration.ofMinutes(2),
                Mode.VERY_SAFE,
                Optional.of(Path.of("/home/ada/.ssh/key")),
                List.of("b", "c"),
                new Zone("vm", 9),
                List.of(new Zone("x", 1)),
                Map.of("Web_1", 7L)));
  }

  static List<List<Object>> mistakes() {
    return List.of(
        List.of(Map.of("max_file", 3L), "max_file is unknown; did you mean max_files?"),
        List.of(Map.of("xyz", 3L), "xyz is unknown; it has listen, max_files, ratio"),
        List.of(Map.of("zone", Map.of("tll", 3L)), "zone.tll is unknown; did you mean ttl?"),
        List.of(Map.of("zone", "vm"), "zone must be a table, not \"vm\""),
        List.of(Map.of("hosts", "a"), "hosts must be a list, not \"a\""),
        List.of(Map.of("hosts", List.of("a", 3L)), "hosts[1] must be a text, not 3"),
        List.of(Map.of("more", List.of(Map.of("name", "x"))), "more[0].ttl is missing"),
        List.of(Map.of("limits", Map.of("a", "b")), "limits.a must be a whole number, not \"b\""),
        List.of(Map.of("max_files", 1L << 40), "max_files must be a whole number of 32 bits"),
        List.of(Map.of("max_files", "3"), "max_files must be a whole number of 32 bits, not \"3\""),
        List.of(Map.of("max_files", 0L), "max_files must be 1 or more, not 0"),
        List.of(Map.of("strict", "yes"), "strict must be true or false, not \"yes\""),
        List.of(Map.of("pause", "soon"), "pause must be a duration such as"),
        List.of(Map.of("pause", 3L), "pause must be a duration such as \"20s\", not 3"),
        List.of(Map.of("mode", "SLOW"), "mode must be one of fast, very-safe, not \"SLOW\""),
        List.of(Map.of("key", "relative"), "key must be an absolute path or one under ~/"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_told_with_its_key(List<Object> mistake) {
    @SuppressWarnings("unchecked") // as written above
    Map<String, Object> table = (Map<String, Object>) mistake.getFirst();
    assertThatThrownBy(() -> read(table))
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
        .hasMessageStartingWith("[plugins.dns] " + mistake.getLast());
  }

  @Test
  void a_plugin_without_configuration_takes_none() {
    assertThat(PluginConfig.of("dns", Optional.empty(), Map.of(), HOME)).isNull();
    assertThatThrownBy(() -> PluginConfig.of("dns", Optional.empty(), Map.of("a", 1L), HOME))
        .hasMessage("[plugins.dns] has [a], and the plugin has nothing to configure");
  }

  record Entry(String host, int port) {}

  record Listed(List<Entry> entries, int most) {
    Listed {
      StringBuilder problems = new StringBuilder();
      if (most > 9) {
        problems.append("most must be 9 or less, got ").append(most).append('\n');
      }
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).host().isEmpty()) {
          problems.append("my_list[%d]: host is empty\n".formatted(i));
        }
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(problems.toString().strip());
      }
    }
  }

  private static List<String> listed(Map<String, Object> table) {
    return PluginConfig.problems("my-list", Optional.of(new Listed(List.of(), 1)), table, HOME);
  }

  @Test
  void everything_that_is_wrong_is_told_at_once() {
    assertThatThrownBy(() -> read(Map.of("strict", "yes", "max_file", 3L)))
        .hasMessageContaining("[plugins.dns] strict must be true or false")
        .hasMessageContaining("; ")
        .hasMessageContaining("[plugins.dns] max_file is unknown");
  }

  @Test
  void entries_are_called_what_they_are_called_in_the_file() {
    assertThat(
            listed(
                Map.of(
                    "entries",
                    List.of(Map.of("host", 3L, "port", "x"), Map.of("host", "a", "prt", 1L)))))
        .containsExactlyInAnyOrder(
            "my_list[0].host must be a text, not 3",
            "my_list[0].port must be a whole number of 32 bits, not \"x\"",
            "my_list[1].prt is unknown; did you mean port?",
            "my_list[1].port is missing");
  }

  @Test
  void a_constructor_may_have_several_things_to_say_beside_unknown_keys() {
    assertThat(
            listed(
                Map.of(
                    "most",
                    10L,
                    "mst",
                    1L,
                    "entries",
                    List.of(Map.of("host", "", "port", 1L), Map.of("host", "", "port", 1L)))))
        .containsExactly(
            "[plugins.my-list] mst is unknown; did you mean most?",
            "[plugins.my-list] most must be 9 or less, got 10",
            "my_list[0]: host is empty",
            "my_list[1]: host is empty");
    assertThat(listed(Map.of("most", 2L))).isEmpty();
  }
}
