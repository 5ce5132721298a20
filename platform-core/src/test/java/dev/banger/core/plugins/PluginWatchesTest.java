package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginWatchesTest {
  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() {
    harness.close();
  }

  @Test
  void what_all_plugins_miss_is_put_together_whatever_one_of_them_does() throws Exception {
    harness
        .with("one", registering("r.watch(context -> Set.of(\"aaaaaaaaaaaa\"));"))
        .with("two", registering("r.watch(context -> Set.of(\"aaaaaaaaaaaa\", \"bbbbbbbbbbbb\"));"))
        .with(
            "bad", registering("r.watch(context -> { throw new IllegalStateException(\"hm\"); });"))
        .with("nil", registering("r.watch(context -> null);"))
        .with("none", registering("r.sweep((exists, context) -> List.of());"));

    assertThat(harness.start().drifted()).containsExactly("aaaaaaaaaaaa", "bbbbbbbbbbbb");
    harness.runtime().disable("two");
    assertThat(harness.runtime().drifted()).containsExactly("aaaaaaaaaaaa");
  }

  @Test
  void a_plugin_that_names_no_end_of_vms_is_cut_short() throws Exception {
    harness.with(
        "endless",
        registering(
            """
            r.watch(context -> {
              Set<String> ids = new HashSet<>();
              for (int i = 0; i < 20_000; i++) { ids.add("%012x".formatted(i)); }
              return ids;
            });
            """));

    assertThat(harness.start().drifted()).hasSize(10_000);
  }
}
