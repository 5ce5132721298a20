package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.File;
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
  private static final File ROOT = new File("/");
  private static final List<String> SBIN = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  @Override
  public Optional<Path> find(String tool) {
    if (tool.contains("/")) {
      return Optional.of(Path.of(tool).toAbsolutePath()).filter(Files::isExecutable);
    }
    List<String> dirs = new ArrayList<>();
    dirs.addAll(
        List.of(Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin").split(":")));
    dirs.addAll(SBIN);
    return dirs.stream()
        .filter(dir -> !dir.isEmpty())
        .map(dir -> Path.of(dir, tool).toAbsolutePath())
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
    builder.directory(call.cwd() == null ? ROOT : call.cwd().toFile());
    long end = System.nanoTime() + call.deadline().toNanos();
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
    boolean kept = call.stdout() == null;
    Drain reading = new Drain(process.getInputStream(), kept ? out : call.stdout());
    Drain complaining = new Drain(process.getErrorStream(), err);
    try {
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw late(call, "%s did not finish within %d s", err);
      }
      // A descendant may hold the pipes open. Of output that is kept here the rest is stored at
      // once,
      // so there is no need to wait for it; a sink may be slow, and wants all of the output.
      if (kept) {
        reading.await(DRAIN_LIMIT);
      } else if (!reading.await(Duration.ofNanos(end - System.nanoTime()))) {
        throw late(call, "%s finished, but not all its output was taken within %d s", err);
      }
      complaining.await(DRAIN_LIMIT);
      insistOnAllOutput(call, process, reading);
      return new Result(process.exitValue(), out.text(), err.text());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      feeding.interrupt();
      closeQuietly(process);
    }
  }

  private static BangerException late(Call call, String sentence, Tail err) {
    return new BangerException(
        ErrorKind.TIMEOUT,
        sentence.formatted(call.argv().getFirst(), call.deadline().toSeconds()),
        "",
        err.text().lines().toList(),
        null);
  }

  /** A command that failed because nobody listened any more says so by its exit code. */
  private static void insistOnAllOutput(Call call, Process process, Drain reading) {
    IOException failure = reading.failure;
    if (failure != null && process.exitValue() == 0) {
      throw new BangerException(
          ErrorKind.HOST,
          "the output of %s could not be passed on: %s"
              .formatted(call.argv().getFirst(), failure.getMessage()),
          "",
          List.of(),
          failure);
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

  private static void closeQuietly(Process process) {
    try {
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException e) {
      // Nothing is left to lose.
    }
  }

  /** Moves a command's output along, on a thread of its own. */
  private static final class Drain {
    private final Thread thread;

    /** Why output was lost; null when none was. */
    private volatile IOException failure;

    Drain(InputStream from, OutputStream to) {
      thread = Thread.ofVirtual().name("command-output").start(() -> move(from, to));
    }

    private void move(InputStream from, OutputStream to) {
      try (from) {
        from.transferTo(to);
      } catch (IOException e) {
        // Either the process was killed or the sink is gone; both end the command.
        failure = e;
      }
    }

    /** Whether everything was moved in time. */
    boolean await(Duration limit) throws InterruptedException {
      return thread.join(limit.isNegative() ? Duration.ZERO : limit);
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
