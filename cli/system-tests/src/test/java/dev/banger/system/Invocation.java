package dev.banger.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@code banger}, being prepared. It gets a closed standard input, the test's own home,
 * and {@link #DEADLINE} to finish, unless told otherwise.
 */
final class Invocation {
  /** Long enough for an import or a boot under emulation on a busy host. */
  static final Duration DEADLINE = Duration.ofMinutes(8);

  private final Path program;
  private final Path home;
  private final List<String> arguments;
  private final List<String> enter;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path directory;
  private byte[] input = {};
  private Duration deadline = DEADLINE;

  Invocation(Path program, Path home, List<String> arguments) {
    this(program, home, arguments, List.of());
  }

  /**
   * @param enter what runs it elsewhere, for example in another network namespace
   */
  Invocation(Path program, Path home, List<String> arguments, List<String> enter) {
    this.enter = List.copyOf(enter);
    this.program = program;
    this.home = home;
    this.arguments = List.copyOf(arguments);
    this.directory = home;
  }

  Invocation in(Path workingDirectory) {
    this.directory = workingDirectory;
    return this;
  }

  Invocation with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Invocation input(String text) {
    this.input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  Invocation within(Duration limit) {
    this.deadline = limit;
    return this;
  }

  /** Starts it with its output in {@code out} and {@code err}; the caller sees it to its end. */
  Process start(Path out, Path err) throws IOException {
    List<String> command = new ArrayList<>(enter);
    command.add(program.toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("BANGER_"));
    builder.environment().put("BANGER_HOME", home.toString());
    // As root it would change the network of whoever runs the tests.
    builder.environment().put("BANGER_NETWORK_MODE", "user");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end. Past the deadline it is killed and the test fails with what it printed. */
  Ran run() {
    try {
      Path out = Files.createTempFile(home, "out", "");
      Path err = Files.createTempFile(home, "err", "");
      Process process = start(out, err);
      try {
        try (var stdin = process.getOutputStream()) {
          stdin.write(input);
        } catch (IOException e) {
          // It did not want its input; what it has to say is in its output.
        }
        boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        Ran ran =
            new Ran(
                arguments,
                ended ? process.exitValue() : -1,
                Files.readString(out),
                Files.readString(err));
        if (!ended) {
          throw new AssertionError("no end within " + deadline.toSeconds() + " s: " + ran);
        }
        return ran;
      } finally {
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + arguments, e);
    }
  }
}
