package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@link Commands} with real processes. */
public final class ProcessCommands implements Commands {
  private static final int KEPT_BYTES = 64 * 1024;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);
  private static final List<String> SBIN = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  @Override
  public Optional<Path> find(String tool) {
    if (tool.contains("/")) {
      return Optional.of(Path.of(tool)).filter(Files::isExecutable);
    }
    List<String> dirs = new ArrayList<>();
    dirs.addAll(
        List.of(Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin").split(":")));
    dirs.addAll(SBIN);
    return dirs.stream()
        .filter(dir -> !dir.isEmpty())
        .map(dir -> Path.of(dir, tool))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  @Override
  public Result run(Call call) throws InterruptedException {
    String tool = call.argv().getFirst();
    Path binary =
        find(tool)
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.UNAVAILABLE,
                        tool + " is not installed",
                        "banger doctor lists what is missing and how to install it"));
    List<String> argv = new ArrayList<>(call.argv());
    argv.set(0, binary.toString());
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(call.env());
    builder.directory(call.cwd() == null ? null : call.cwd().toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot run " + tool + ": " + e.getMessage(), "", List.of(), e);
    }
    Tail out = new Tail(KEPT_BYTES);
    Tail err = new Tail(KEPT_BYTES);
    Thread feeding = feed(process, call.stdin());
    Thread reading = drain(process.getInputStream(), call.stdout() == null ? out : call.stdout());
    Thread complaining = drain(process.getErrorStream(), err);
    try {
      if (!process.waitFor(call.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "%s did not finish within %d s".formatted(tool, call.deadline().toSeconds()),
            "",
            err.text().lines().toList(),
            null);
      }
      // A descendant may hold the pipes open; the command itself is done, so do not wait for it.
      reading.join(DRAIN_LIMIT);
      complaining.join(DRAIN_LIMIT);
      return new Result(process.exitValue(), out.text(), err.text());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      feeding.interrupt();
      closeQuietly(process);
    }
  }

  private static Thread feed(Process process, InputStream stdin) {
    return Thread.ofVirtual()
        .name("command-stdin")
        .start(
            () -> {
              try (OutputStream sink = process.getOutputStream()) {
                if (stdin != null) {
                  stdin.transferTo(sink);
                }
              } catch (IOException e) {
                // The command ended without reading all its input; its exit code tells the story.
              }
            });
  }

  private static Thread drain(InputStream from, OutputStream to) {
    return Thread.ofVirtual()
        .name("command-output")
        .start(
            () -> {
              try (from) {
                from.transferTo(to);
              } catch (IOException e) {
                // Either the process was killed or the sink is gone; both end the command.
              }
            });
  }

  private static void closeQuietly(Process process) {
    try {
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException e) {
      // Nothing is left to lose.
    }
  }

  /** Keeps the last bytes written to it. */
  private static final class Tail extends OutputStream {
    private final byte[] ring;
    private long written;

    Tail(int size) {
      ring = new byte[size];
    }

    @Override
    public synchronized void write(int b) {
      ring[(int) (written++ % ring.length)] = (byte) b;
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      for (int i = Math.max(0, count - ring.length); i < count; i++) {
        ring[(int) ((written + i) % ring.length)] = bytes[from + i];
      }
      written += count;
    }

    synchronized String text() {
      int kept = (int) Math.min(written, ring.length);
      byte[] ordered = new byte[kept];
      for (int i = 0; i < kept; i++) {
        ordered[i] = ring[(int) ((written - kept + i) % ring.length)];
      }
      return new String(ordered, StandardCharsets.UTF_8);
    }
  }
}
