package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A distribution whose plugin folders were deleted: their features are gone, all else works. */
class WithoutPluginsIT {
  private static Path current() throws IOException {
    return Path.of(System.getProperty("banger.dist")).toRealPath().resolve("current").toRealPath();
  }

  /** Ids of the plugins that come with banger. */
  static List<String> bundled() throws IOException {
    try (Stream<Path> plugins = Files.list(current().resolve("plugins"))) {
      return plugins.map(plugin -> plugin.getFileName().toString()).sorted().toList();
    }
  }

  /** The built distribution with these plugins only, by links. */
  private static Path trimmed(Path into, List<String> kept) throws IOException {
    Path current = current();
    Files.createDirectories(into.resolve("plugins"));
    for (String plugin : kept) {
      Files.createSymbolicLink(
          into.resolve("plugins").resolve(plugin), current.resolve("plugins").resolve(plugin));
    }
    Files.createDirectories(into.resolve("bin"));
    try (Stream<Path> launchers = Files.list(current.resolve("bin"))) {
      for (Path launcher : launchers.toList()) {
        Files.copy(launcher, into.resolve("bin").resolve(launcher.getFileName()));
      }
    }
    for (String part : List.of("lib", "runtime")) {
      Files.createSymbolicLink(into.resolve(part), current.resolve(part));
    }
    return into.resolve("bin/banger");
  }

  @Test
  void createExecStopAndDeleteWorkAndTheMissingFeaturesAreNamed() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      Path program = trimmed(home.dir().resolve("dist"), List.of());

      run(program, home, "vm", "create", "bare", "--image", "tiny", "--memory", "256MiB").ok();
      assertThat(run(program, home, "plugin", "list", "-o", "json").ok().json()).isEmpty();
      assertThat(run(program, home, "vm", "exec", "bare", "--", "echo", "here").ok().out())
          .isEqualTo("here\n");
      assertThat(run(program, home, "vm", "ssh", "bare").err())
          .contains("no active plugin")
          .contains("banger plugin list");
      run(program, home, "vm", "workspace", "prepare", "bare", ".").exited(2);
      run(program, home, "vm", "stop", "bare").ok();
      run(program, home, "vm", "start", "bare").ok();
      run(program, home, "vm", "delete", "bare").ok();
      assertThat(run(program, home, "vm", "list", "-o", "json").ok().json()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void withoutAnyOneOfThemCreateExecStopAndDeleteWork(String missing) throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      List<String> kept = bundled().stream().filter(id -> !id.equals(missing)).toList();
      Path program = trimmed(home.dir().resolve("dist"), kept);

      run(program, home, "vm", "create", "bare", "--image", "tiny", "--memory", "256MiB").ok();
      assertThat(run(program, home, "plugin", "list", "-o", "json").ok().json())
          .hasSize(kept.size())
          .allSatisfy(plugin -> assertThat(plugin.path("state").asText()).isEqualTo("active"));
      assertThat(run(program, home, "vm", "exec", "bare", "--", "echo", "here").ok().out())
          .isEqualTo("here\n");
      run(program, home, "vm", "stop", "bare").ok();
      run(program, home, "vm", "delete", "bare").ok();
      assertThat(run(program, home, "vm", "list", "-o", "json").ok().json()).isEmpty();
    }
  }

  private static Ran run(Path program, BangerHome home, String... arguments) {
    return new Invocation(program, home.dir(), List.of(arguments)).run();
  }
}
