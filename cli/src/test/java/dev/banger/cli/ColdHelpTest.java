package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help and completion while no daemon runs. */
class ColdHelpTest extends CliTestBase {
  private static final int PLUGINS = 30;

  @BeforeEach
  void leaveManifestsBehind() throws IOException {
    StringBuilder plugins = new StringBuilder();
    for (int i = 0; i < PLUGINS; i++) {
      String id = "plugin" + (char) ('a' + i / 26) + (char) ('a' + i % 26);
      plugins
          .append(plugins.isEmpty() ? "" : ",")
          .append(
              "{'id':'ID','commands':[{'path':['vm','ID'],'summary':'what ID does'}]}"
                  .replace("ID", id));
      Path directory = home.resolve("data/plugins").resolve(id);
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("banger-plugin.json"), "{}");
    }
    daemon.answer("plugin.manifests", "{'digest':'d1','plugins':[" + plugins + "]}");
    cli.run("vm", "--help");
    daemon.close();
    Path program = home.resolve("bangerd");
    Files.writeString(program, "#!/bin/sh\n: > " + home.resolve("started") + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    cli.env("BANGER_DAEMON_BIN", program.toString());
    Files.createDirectories(home.resolve("config"));
    Files.writeString(home.resolve("config/config.toml"), "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "vm --help", "vm pluginaa --help", "x", "__complete vm pl", "help"})
  void helpShowsAllPluginsStartsNoDaemonAndChangesNothing(String line) throws IOException {
    Set<String> before = files();

    Cli.Ran ran = cli.run(line.split(" "));

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("pluginaa");
    if (!line.contains("pluginaa")) {
      assertThat(ran.out()).contains("pluginbd");
    }
    assertThat(files()).isEqualTo(before).doesNotContain("started");
  }

  @Test
  void ofAllFilesOfTheHomeOnlyTheKeptManifestsAreReadAndOnlyOnce() throws Exception {
    Path record = home.resolve("reads.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileRead").withThreshold(Duration.ZERO).with("throttle", "off");
      recording.start();
      cli.run("--help");
      recording.stop();
      recording.dump(record);
    }

    List<String> read =
        RecordingFile.readAllEvents(record).stream()
            .filter(event -> event.getLong("bytesRead") > 0)
            .map(ColdHelpTest::path)
            .filter(path -> path.startsWith(home.toString()))
            .toList();
    assertThat(read).containsExactly(home + "/state/cli/manifests.json");
  }

  private static String path(RecordedEvent event) {
    return String.valueOf(event.getString("path"));
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(home.relativize(file).toString()));
      return names;
    }
  }
}
