package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.build.ManifestWriter;
import dev.banger.testkit.sample.Defect;
import dev.banger.testkit.sample.PortsPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedPluginTest {
  private static final String UNLOADS = "unloading it leaves no thread and no class";

  @TempDir Path temp;
  private Path classes;

  /** A build's output, with a plugin and what it brings. */
  @BeforeEach
  void build() throws Exception {
    classes = Files.createDirectory(temp.resolve("classes"));
    Path home =
        Path.of(PortsPlugin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String sample = "dev/banger/testkit/sample";
    Files.createDirectories(classes.resolve(sample));
    try (Stream<Path> files = Files.list(home.resolve(sample))) {
      for (Path file : files.filter(each -> !each.toString().contains("FakeNft")).toList()) {
        Files.copy(file, classes.resolve(sample).resolve(file.getFileName().toString()));
      }
    }
    ManifestWriter.main(
        new String[] {
          "ports",
          "1.0.0",
          PortsPlugin.class.getName(),
          classes.resolve("banger-plugin.json").toString()
        });
  }

  @AfterEach
  void forget() {
    System.clearProperty("ports.defect");
  }

  private Map<String, String> judged(PluginUnderTest plugin) throws IOException {
    Path receipts = Files.createDirectories(temp.resolve("receipts"));
    for (Map.Entry<String, String> receipt :
        Map.of("rule", "{\"name\":\"a\",\"address\":\"b\"}", "greeting", "{\"word\":\"x\"}")
            .entrySet()) {
      Files.writeString(
          Files.createDirectories(receipts.resolve(receipt.getKey())).resolve("1.json"),
          receipt.getValue());
    }
    return PluginContractTest.judged(new Suspect.Charge(plugin, receipts));
  }

  @Test
  void a_plugin_as_built_passes_in_a_class_loader_of_its_own() throws Exception {
    assertThat(judged(PluginUnderTest.classes(classes))).isEmpty();
  }

  @Test
  void a_plugin_as_installed_passes() throws Exception {
    Path zip = temp.resolve("ports.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.copy(classes.resolve("banger-plugin.json"), files.getPath("banger-plugin.json"));
      Files.createDirectory(files.getPath("lib"));
      Path jar = temp.resolve("ports.jar");
      try (FileSystem inner = FileSystems.newFileSystem(jar, Map.of("create", "true"));
          Stream<Path> sources = Files.walk(classes)) {
        for (Path source : sources.filter(Files::isRegularFile).toList()) {
          Path target = inner.getPath(classes.relativize(source).toString());
          if (target.getParent() != null) {
            Files.createDirectories(target.getParent());
          }
          Files.copy(source, target);
        }
      }
      Files.copy(jar, files.getPath("lib/ports.jar"));
    }
    assertThat(judged(PluginUnderTest.zip(zip))).isEmpty();
  }

  @Test
  void a_plugin_that_something_holds_on_to_after_its_end_fails() throws Exception {
    System.setProperty("ports.defect", Defect.PINS_ITS_LOADER.name());
    assertThat(judged(PluginUnderTest.classes(classes))).containsOnlyKeys(UNLOADS);
  }

  @Test
  void a_manifest_that_is_older_than_the_code_fails() throws Exception {
    Path manifest = classes.resolve("banger-plugin.json");
    Files.writeString(manifest, Files.readString(manifest).replace("opens ports", "shuts ports"));
    assertThat(judged(PluginUnderTest.classes(classes)))
        .containsOnlyKeys("the manifest says what the code declares");
  }

  @Test
  void a_plugin_sees_the_api_and_nothing_else_of_its_tests() throws Exception {
    try (PackedPlugin plugin = PackedPlugin.load(classes)) {
      List<String> hidden =
          List.of(
              "org.junit.jupiter.api.Test",
              "dev.banger.testkit.World",
              "dev.banger.hooks.Gate",
              "dev.banger.api.build.Manifest");
      for (String name : hidden) {
        assertThat(visible(plugin, name)).as(name).isFalse();
      }
      assertThat(visible(plugin, "dev.banger.api.StepSpec")).isTrue();
      try (InputStream own = plugin.loader().getResourceAsStream("banger-plugin.json")) {
        assertThat(own).isNotNull();
      }
    }
  }

  private static boolean visible(PackedPlugin plugin, String name) {
    try {
      Class.forName(name, false, plugin.loader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
