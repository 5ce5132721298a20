package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs host tools as the daemon would, with the same few variables in their environment. */
final class RealTools {
  private static final Set<String> PASSED =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME");

  Optional<Path> find(String tool) {
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
        .map(dir -> Path.of(dir, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  ToolResult run(ToolCall call) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(call.argv());
    builder.directory(call.cwd().orElse(Path.of("/")).toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(PASSED);
    environment.put("LC_ALL", "C");
    environment.putAll(call.env());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.UNAVAILABLE, call.tool() + " is not installed", "banger doctor", e);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread feeding = Thread.ofVirtual().start(() -> feed(process, call));
    Thread reading =
        Thread.ofVirtual().start(() -> drain(process.getInputStream(), call.stdout().orElse(out)));
    Thread complaining = Thread.ofVirtual().start(() -> drain(process.getErrorStream(), err));
    try {
      if (!process.waitFor(call.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CapabilityException(
            FailureKind.TIMEOUT, call.tool() + " did not finish within " + call.deadline());
      }
      reading.join();
      complaining.join();
      return new ToolResult(
          process.exitValue(),
          out.toString(StandardCharsets.UTF_8),
          err.toString(StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      feeding.interrupt();
    }
  }

  private static void feed(Process process, ToolCall call) {
    try (OutputStream sink = process.getOutputStream()) {
      if (call.stdin().isPresent()) {
        call.stdin().get().transferTo(sink);
      }
    } catch (IOException e) {
      // The tool ended without reading all its input; its exit code tells the story.
    }
  }

  private static void drain(InputStream from, OutputStream to) {
    try (from) {
      from.transferTo(to);
    } catch (IOException e) {
      // The tool was killed.
    }
  }
}
