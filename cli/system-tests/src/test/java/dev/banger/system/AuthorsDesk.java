package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What somebody who writes a plugin has: a directory outside of banger's sources, a shell with
 * {@code banger} on its path, and the machine's own Maven. Maven's settings are the user's own, and
 * so is what it has fetched, except for what banger itself brings: that goes away with the desk.
 */
final class AuthorsDesk {
  private final BangerHome home;
  private final Path dir;
  private final Path repository;

  AuthorsDesk(BangerHome home) throws IOException {
    this.home = home;
    this.dir = Files.createDirectory(home.dir().resolve("desk"));
    this.repository = borrowed(home.dir().resolve("m2"));
  }

  Path dir() {
    return dir;
  }

  /** Everything that is in the user's local repository, without {@code dev.banger}, by links. */
  private static Path borrowed(Path into) throws IOException {
    String named = System.getProperty("banger.test.maven.repository", "");
    Path own =
        named.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".m2", "repository")
            : Path.of(named);
    Files.createDirectories(into.resolve("dev"));
    link(own, into, "dev");
    link(own.resolve("dev"), into.resolve("dev"), "banger");
    return into;
  }

  private static void link(Path from, Path into, String except) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(into.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  /** Runs a line of shell in {@code directory}; the caller judges its exit code. */
  Ran shell(Path directory, String script) {
    return within(Invocation.DEADLINE, directory, script);
  }

  Ran within(Duration deadline, Path directory, String script) {
    String options = System.getenv().getOrDefault("MAVEN_OPTS", "");
    return new Shell(
            home, Map.of("MAVEN_OPTS", (options + " -Dmaven.repo.local=" + repository).strip()))
        .run(deadline, directory, script);
  }
}
