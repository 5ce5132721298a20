package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What scripts/build-packages has made of the distribution under test. */
final class Packages {
  private static final int DEADLINE_MINUTES = 5;

  private Packages() {}

  static Path archive() throws IOException {
    return only(".tar.gz");
  }

  static Path deb() throws IOException {
    return only(".deb");
  }

  private static Path only(String ending) throws IOException {
    Path packages = Path.of(System.getProperty("banger.dist", "")).resolve("packages");
    assertThat(packages).as("made by scripts/build-packages").isDirectory();
    try (Stream<Path> files = Files.list(packages)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  /** Runs a tool of the host in {@code dir}; what it printed on both streams. It must exit 0. */
  static String tool(Path dir, String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(dir, "said", "");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        assertThat(process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(said);
        assertThat(process.exitValue()).as("%s: %s", List.of(command), text).isZero();
        return text;
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(said);
    }
  }

  /** A folder to be the whole PATH: the shell and what banger calls, and nothing of Java. */
  static Path pathWithoutJava(Path dir) throws IOException {
    Path bin = Files.createDirectory(dir.resolve("path"));
    List<String> missing = new ArrayList<>();
    for (String tool : List.of("sh", "readlink", "setsid", "perl", "sleep")) {
      Path there = Path.of("/usr/bin", tool);
      if (Files.exists(there)) {
        Files.createSymbolicLink(bin.resolve(tool), there);
      } else {
        missing.add(tool);
      }
    }
    assertThat(missing).isEmpty();
    return bin;
  }
}
