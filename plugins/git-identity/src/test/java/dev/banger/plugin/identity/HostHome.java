package dev.banger.plugin.identity;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.ToolScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real git of this host, with a home directory of the test's own. */
final class HostHome implements ToolScript {
  private final Path home;

  HostHome(Path home) throws IOException {
    this.home = Files.createDirectories(home);
  }

  Path dir() {
    return home;
  }

  /** What the user's own configuration says, as it stands. */
  HostHome says(String config) throws IOException {
    return says(".gitconfig", config);
  }

  HostHome says(String file, String config) throws IOException {
    Files.createDirectories(home.resolve(file).getParent());
    Files.writeString(home.resolve(file), config);
    return this;
  }

  /** Runs git, which must succeed, and answers with what it prints. */
  String git(Path directory, String... words) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("git"));
    argv.addAll(List.of(words));
    Path out = Files.createTempFile("git", ".out");
    try {
      Process process =
          process(argv, directory, Map.of())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(argv + ": " + Files.readString(out));
      }
      return Files.readString(out, StandardCharsets.UTF_8);
    } finally {
      Files.delete(out);
    }
  }

  private ProcessBuilder process(List<String> argv, Path directory, Map<String, String> more) {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.putAll(
        Map.of("PATH", path, "HOME", home.toString(), "GIT_CONFIG_NOSYSTEM", "1", "LC_ALL", "C"));
    environment.putAll(more);
    return builder;
  }

  /** As the daemon runs it. */
  @Override
  public ToolResult run(ToolCall call) {
    try {
      Path out = Files.createTempFile("git", ".out");
      Path err = Files.createTempFile("git", ".err");
      Process process =
          process(call.argv(), call.cwd().orElseThrow(), call.env())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        if (!process.waitFor(call.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
          throw new CapabilityException(FailureKind.TIMEOUT, "git did not finish in time");
        }
        try {
          new ByteArrayInputStream(Files.readAllBytes(out)).transferTo(call.stdout().orElseThrow());
        } catch (IOException e) {
          throw new CapabilityException(
              FailureKind.HOST, "the output of git could not be passed on");
        }
        return new ToolResult(process.exitValue(), "", Files.readString(err));
      } finally {
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
