package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsOnDiskTest {
  private static final String LISTING =
      PluginFixture.entry(
          """
          public record One(Optional<String> name) {}
          public record Settings(List<One> entries, int most) {
            public Settings {
              for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).name().isEmpty()) {
                  throw new IllegalArgumentException("my_list[" + i + "]: name is missing");
                }
              }
            }
          }
          @Override public void register(Registrar r) {
            r.describe("for a test");
            r.config(new Settings(List.of(), 3));
          }
          @Override public void open(OpenContext context) {
            throw new IllegalStateException("nobody asked for it to be opened");
          }
          """);
  private static final String PLAIN = PluginFixture.registering("");
  private static final String BROKEN =
      PluginFixture.entry(
          """
          static final boolean BUILT = System.getProperty("banger.test.broken") == null;
          @Override public void register(Registrar r) {
            if (!BUILT) { throw new IllegalStateException("broken"); }
            r.describe("for a test");
          }
          """);

  @TempDir Path temp;
  private Path root;
  private Path store;
  private PluginFixture fixture;
  private PluginsOnDisk plugins;

  @BeforeEach
  void makeRoots() throws Exception {
    root = Files.createDirectories(temp.resolve("root"));
    store = Files.createDirectories(temp.resolve("store"));
    fixture = new PluginFixture(temp.resolve("work"));
    plugins =
        new PluginsOnDisk(List.of(root, temp.resolve("nowhere")), store, Path.of("/home/ada"));
  }

  @Test
  void who_takes_entries_is_known_from_directories_zips_and_the_store() throws Exception {
    fixture.install(root, "my-list", LISTING);
    fixture.install(root, "plain", PLAIN);
    fixture.install(store, "stored", LISTING);
    Files.copy(fixture.zipped("zipped", "1.0.0", LISTING), root.resolve("any-name.zip"));
    Files.writeString(root.resolve("README"), "no plugin");
    Files.createDirectories(root.resolve("empty"));

    assertThat(plugins.takeEntries()).containsExactlyInAnyOrder("my-list", "stored", "zipped");
    assertThat(plugins.ids()).containsExactlyInAnyOrder("my-list", "stored", "zipped", "plain");
  }

  @Test
  void a_plugin_says_what_it_has_against_its_table_and_is_not_opened() throws Exception {
    fixture.install(root, "my-list", LISTING);

    assertThat(
            plugins.problems(
                "my-list", Map.of("entries", List.of(Map.of("name", "a"), Map.of()), "mst", 1L)))
        .containsExactly(
            "[plugins.my-list] mst is unknown; did you mean most?", "my_list[1]: name is missing");
    assertThat(plugins.problems("my-list", Map.of("most", 4L))).isEmpty();
    assertThat(plugins.problems("nobody", Map.of("most", 4L))).isEmpty();
  }

  @Test
  void one_version_that_takes_the_table_is_enough() throws Exception {
    fixture.install(root, "my-list", PLAIN);
    assertThat(plugins.problems("my-list", Map.of("most", 4L)))
        .containsExactly("[plugins.my-list] has [most], and the plugin has nothing to configure");
    fixture.install(store, "my-list", LISTING);
    assertThat(plugins.problems("my-list", Map.of("most", 4L))).isEmpty();
  }

  @Test
  void a_broken_plugin_is_not_blamed_on_its_table() throws Exception {
    fixture.install(root, "broken", BROKEN);
    System.setProperty("banger.test.broken", "yes");
    try {
      assertThat(plugins.problems("broken", Map.of("a", 1L))).isEmpty();
    } finally {
      System.clearProperty("banger.test.broken");
    }
  }
}
