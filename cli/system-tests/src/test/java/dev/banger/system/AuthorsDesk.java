package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
    try {
      Path out = Files.createTempFile(home.dir(), "out", "");
      Path err = Files.createTempFile(home.dir(), "err", "");
      Path file = Files.writeString(Files.createTempFile(home.dir(), "script", ""), script);
      Process process =
          environment(
                  new ProcessBuilder("bash", file.toString())
                      .directory(directory.toFile())
                      .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                      .redirectOutput(out.toFile())
                      .redirectError(err.toFile()))
              .start();
      try {
        boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        Ran ran =
            new Ran(
                List.of(script),
                ended ? process.exitValue() : -1,
                Files.readString(out),
                Files.readString(err));
        if (!ended) {
          throw new AssertionError("no end within " + deadline.toSeconds() + " s: " + ran);
        }
        return ran;
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private ProcessBuilder environment(ProcessBuilder builder) {
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("BANGER_"));
    variables.put("BANGER_HOME", home.dir().toString());
    Path bin = Path.of(System.getProperty("banger.dist"), "bin").toAbsolutePath();
    variables.put("PATH", bin + ":" + variables.getOrDefault("PATH", "/usr/bin:/bin"));
    String options = variables.getOrDefault("MAVEN_OPTS", "");
    variables.put("MAVEN_OPTS", (options + " -Dmaven.repo.local=" + repository).strip());
    return builder;
  }
}
