package dev.banger.plugin.nat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;

/** Runs tools of the network with root's rights. */
record Tool(CapabilityHost host) {
  /** Each of them is done in milliseconds, unless another program holds the kernel's lock. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Rules of Kubernetes hosts are some megabytes. */
  private static final int MAX_OUTPUT = 32 * 1024 * 1024;

  /** What came of it, whatever the exit code. */
  ToolResult run(List<String> argv) throws InterruptedException {
    return run(argv, "");
  }

  ToolResult run(List<String> argv, String input) throws InterruptedException {
    // The host keeps the last 64 KiB of an output; a list of rules is needed from its beginning.
    Bounded output = new Bounded();
    ToolResult result =
        host.run(
            ToolCall.of(LIMIT, argv)
                .withStdin(new ByteArrayInputStream(input.getBytes(UTF_8)))
                .withStdout(output)
                .privileged());
    if (output.overflowed) {
      throw new CapabilityException(
          FailureKind.HOST,
          "%s printed more than %d MiB".formatted(String.join(" ", argv), MAX_OUTPUT >> 20));
    }
    // A script in a test may answer directly.
    String text = output.size() == 0 ? result.stdout() : output.toString(UTF_8);
    return new ToolResult(result.exitCode(), text, result.stderr());
  }

  /**
   * Its output.
   *
   * @throws CapabilityException of kind {@code HOST} with what the tool said when it failed
   */
  String output(List<String> argv, String input) throws InterruptedException {
    ToolResult result = run(argv, input);
    if (!result.ok()) {
      throw failure(argv, result);
    }
    return result.stdout();
  }

  String output(List<String> argv) throws InterruptedException {
    return output(argv, "");
  }

  static CapabilityException failure(List<String> argv, ToolResult result) {
    String said = result.stderr().strip();
    return new CapabilityException(
        FailureKind.HOST,
        "%s failed with exit code %d: %s"
            .formatted(
                String.join(" ", argv),
                result.exitCode(),
                said.substring(0, Math.min(said.length(), 500))));
  }

  /** Forgets what is too much instead of filling the memory. */
  private static final class Bounded extends ByteArrayOutputStream {
    private boolean overflowed;

    @Override
    public synchronized void write(int b) {
      if (room(1)) {
        super.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      if (room(length)) {
        super.write(bytes, from, length);
      }
    }

    private boolean room(int length) {
      overflowed |= size() + length > MAX_OUTPUT;
      return !overflowed;
    }
  }
}
