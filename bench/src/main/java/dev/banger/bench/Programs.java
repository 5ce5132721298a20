package dev.banger.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs in one banger home, and finds those to compare with. */
final class Programs {
  /** Generous: an import or a boot under emulation on a busy host. */
  private static final long DEADLINE_SECONDS = 900;

  private static final File NOTHING = new File("/dev/null");

  private final Path home;

  Programs(Path home) {
    this.home = home;
  }

  Path home() {
    return home;
  }

  /** Starts it with nothing to read, and its output in {@code out}. */
  Process start(List<String> command, File out) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(NOTHING)
            .redirectOutput(out)
            .redirectErrorStream(true);
    builder.environment().put("BANGER_HOME", home.toString());
    builder.environment().put("BANGER_NETWORK_MODE", "user");
    return builder.start();
  }

  /** Nanoseconds from before its start until it has ended. */
  long time(List<String> command) throws IOException, InterruptedException {
    Path out = home.resolve("bench.out");
    long started = System.nanoTime();
    Process process = start(command, out.toFile());
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command + " has not ended within " + DEADLINE_SECONDS + " s");
    }
    long took = System.nanoTime() - started;
    if (process.exitValue() != 0) {
      throw new IOException(
          "%s: exit code %d%n%s".formatted(command, process.exitValue(), Files.readString(out)));
    }
    return took;
  }

  /** What it printed. */
  byte[] output(List<String> command) throws IOException, InterruptedException {
    time(command);
    return Files.readAllBytes(home.resolve("bench.out"));
  }

  Pairs.Timed timed(String... command) {
    return () -> time(List.of(command));
  }

  static Optional<String> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
