package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A shell with {@code banger} on its path, and nothing of banger in its environment but a home. */
final class Shell {
  private final BangerHome home;
  private final Map<String, String> variables;

  /**
   * @param variables further ones, and those that are to be others
   */
  Shell(BangerHome home, Map<String, String> variables) {
    this.home = home;
    this.variables = Map.copyOf(variables);
  }

  /** Runs a script in {@code directory}; the caller judges its exit code. */
  Ran run(Duration deadline, Path directory, String script) {
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
    Map<String, String> all = builder.environment();
    all.keySet().removeIf(name -> name.startsWith("BANGER_"));
    all.put("BANGER_HOME", home.dir().toString());
    Path bin = Path.of(System.getProperty("banger.dist"), "bin").toAbsolutePath();
    all.put("PATH", bin + ":" + all.getOrDefault("PATH", "/usr/bin:/bin"));
    all.putAll(variables);
    return builder;
  }
}
