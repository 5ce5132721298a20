package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a small tool to its end, with a deadline, and keeps the beginning of what it prints. */
final class Tool {
  private static final int KEPT = 4 * 1024;

  private Tool() {}

  /**
   * @param output the first 4 KiB of standard output and error together
   */
  record Outcome(int code, String output) {}

  static Outcome run(long seconds, List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    plainEnvironment(builder.environment());
    builder.redirectErrorStream(true);
    builder.redirectInput(new File("/dev/null"));
    Process process = builder.start();
    StringBuilder output = new StringBuilder();
    Thread reader = Threads.start("tool", () -> drain(process.getInputStream(), output));
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        return new Outcome(-1, command.get(0) + " did not finish within " + seconds + " s");
      }
      reader.join(500);
    } finally {
      process.destroyForcibly();
    }
    synchronized (output) {
      return new Outcome(process.exitValue(), output.toString().strip());
    }
  }

  static void check(long seconds, List<String> command)
      throws IOException, InterruptedException, RequestException {
    Outcome outcome = run(seconds, command);
    if (outcome.code() != 0) {
      throw new RequestException(
          FailureKind.FAILED,
          command.get(0) + " failed with exit code " + outcome.code() + ": " + outcome.output());
    }
  }

  /** The guest's own: nothing of what the agent was started with. */
  static void plainEnvironment(Map<String, String> environment) {
    environment.clear();
    environment.put("PATH", CommandLookup.DEFAULT_PATH);
    environment.put("HOME", "/root");
    environment.put("LANG", "C.UTF-8");
  }

  static void drain(InputStream from, StringBuilder to) {
    byte[] chunk = new byte[1024];
    try (from) {
      int count = from.read(chunk);
      while (count >= 0) {
        synchronized (to) {
          if (to.length() < KEPT) {
            to.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
          }
        }
        count = from.read(chunk);
      }
    } catch (IOException e) {
      // The tool was killed; what it said so far is kept.
    }
  }
}
