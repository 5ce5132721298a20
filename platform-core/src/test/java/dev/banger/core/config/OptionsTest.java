package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
  private final Options options = new Options(Path.of("/home/ada"));

  @TempDir Path temp;

  @Test
  void noKeyIsThereTwiceAndEveryOneIsExplained() {
    assertThat(options.all()).extracting(Option::key).doesNotHaveDuplicates();
    assertThat(options.all()).allSatisfy(each -> assertThat(each.doc()).endsWith("."));
  }

  @Test
  void everyDefaultCanBeWrittenIntoTheFileAndMeansTheSameThere() throws Exception {
    String text =
        options.all().stream()
            .map(option -> option.key() + " = " + option.defaultToml())
            .collect(Collectors.joining("\n"));
    Path file = Files.writeString(temp.resolve("config.toml"), text);
    Config fromFile = new ConfigLoader(file, Path.of("/home/ada")).load();
    Config defaults = new ConfigLoader(temp.resolve("missing.toml"), Path.of("/home/ada")).load();

    assertThat(fromFile.settings())
        .extracting(Setting::key, Setting::value)
        .containsExactlyElementsOf(
            defaults.settings().stream()
                .map(each -> org.assertj.core.groups.Tuple.tuple(each.key(), each.value()))
                .toList());
    assertThat(fromFile.settings()).extracting(Setting::source).containsOnly("file");
  }
}
