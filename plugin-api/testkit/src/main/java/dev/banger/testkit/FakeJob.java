package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A process of this machine in the place of a job, and what is kept of its output. */
final class FakeJob {
  private static final int CHUNK = 8 * 1024;
  private static final int END_OF_FILE = 4;
  private static final int SETTLE_MILLIS = 2_000;

  private final GuestJobSpec spec;
  private final Process process;
  private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
  private final Kept stdout;
  private final Kept stderr;
  private final List<FakeJobConnection> connections = new ArrayList<>();
  private final Object sending = new Object();
  private GuestJob.State state = GuestJob.State.RUNNING;
  private Optional<Instant> endedAt = Optional.empty();
  private OptionalInt exitCode = OptionalInt.empty();
  private long inputBytes;
  private boolean inputOpen = true;
  private boolean groupIsGone;

  /** Bytes {@code from} up to {@code to} of a stream, in a ring. Wants the job's monitor. */
  private static final class Kept {
    private final long most;
    private byte[] ring = new byte[CHUNK];
    long from;
    long to;
    long taken;

    Kept(long most) {
      this.most = most;
    }

    long to() {
      return to;
    }

    /**
     * @param released what is before this position may be dropped, what is behind it is kept even
     *     if that is too much
     */
    void add(byte[] chunk, int count, long released) {
      from = Math.max(from, Math.min(to + count - most, released));
      int needed = Math.toIntExact(to + count - from);
      if (needed > ring.length) {
        byte[] larger = new byte[(int) Math.max(needed, Math.min(most, 2L * ring.length))];
        for (long at = from; at < to; at++) {
          larger[(int) (at % larger.length)] = ring[(int) (at % ring.length)];
        }
        ring = larger;
      }
      for (int i = 0; i < count; i++) {
        ring[(int) (to++ % ring.length)] = chunk[i];
      }
    }

    byte[] read(long begin, long end) {
      byte[] bytes = new byte[(int) (end - begin)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = ring[(int) ((begin + i) % ring.length)];
      }
      return bytes;
    }
  }

  FakeJob(GuestJobSpec spec, Path cwd) throws IOException {
    this.spec = spec;
    this.stdout = new Kept(spec.keepBytes());
    this.stderr = new Kept(spec.keepBytes());
    List<String> line = new ArrayList<>(List.of("setsid"));
    line.addAll(spec.argv());
    ProcessBuilder builder = new ProcessBuilder(line).directory(cwd.toFile());
    builder.environment().putAll(spec.env());
    builder.redirectErrorStream(spec.terminal().isPresent());
    this.process = builder.start();
    Thread out = pump(process.getInputStream(), stdout);
    Thread err = pump(process.getErrorStream(), stderr);
    Thread.ofVirtual().name("fake-job-" + spec.id()).start(() -> awaitEnd(out, err));
  }

  private Thread pump(InputStream from, Kept to) {
    return Thread.ofVirtual()
        .name("fake-job-output")
        .start(
            () -> {
              byte[] chunk = new byte[CHUNK];
              try (from) {
                for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                  keep(to, chunk, n);
                }
              } catch (IOException | InterruptedException e) {
                // The process is gone, or the guest went down.
              }
            });
  }

  private synchronized void keep(Kept kept, byte[] chunk, int count) throws InterruptedException {
    while (kept.to() + count - released(kept) > spec.keepBytes() && process.isAlive()) {
      wait();
    }
    kept.add(chunk, count, released(kept));
    notifyAll();
  }

  /** Up to where it may be dropped. */
  private long released(Kept kept) {
    return connections.stream()
        .filter(FakeJobConnection::insists)
        .mapToLong(connection -> connection.position(kept == stderr))
        .min()
        .orElse(spec.waits() ? kept.taken : Long.MAX_VALUE);
  }

  private void awaitEnd(Thread out, Thread err) {
    try {
      int code = process.waitFor();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
      for (Thread thread : List.of(out, err)) {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      }
      end(GuestJob.State.ENDED, OptionalInt.of(code));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void end(GuestJob.State how, OptionalInt code) {
    if (state == GuestJob.State.RUNNING) {
      state = how;
      exitCode = code;
      endedAt = Optional.of(Instant.now().truncatedTo(ChronoUnit.MICROS));
      notifyAll();
    }
  }

  void lose() {
    end(GuestJob.State.LOST, OptionalInt.empty());
    try {
      kill(9);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cut();
  }

  void cut() {
    List<FakeJobConnection> all;
    synchronized (this) {
      all = List.copyOf(connections);
    }
    all.forEach(FakeJobConnection::cut);
  }

  synchronized GuestJob view() {
    boolean running = state == GuestJob.State.RUNNING;
    return new GuestJob(
        spec.id(),
        state,
        spec.argv(),
        spec.cwd(),
        spec.env().keySet().stream().sorted().toList(),
        spec.terminal().isPresent(),
        pid(),
        startedAt,
        endedAt,
        exitCode,
        new GuestJob.Kept(stdout.from, stdout.to()),
        new GuestJob.Kept(stderr.from, stderr.to()),
        inputBytes,
        running && inputOpen,
        connections.size(),
        "");
  }

  /** Of the process, or of the group that it has left. */
  private synchronized long pid() {
    if (process.isAlive()) {
      return process.pid();
    }
    if (state == GuestJob.State.RUNNING) {
      return 0;
    }
    groupIsGone |= !hasMembers(process.pid());
    return groupIsGone ? 0 : process.pid();
  }

  private static boolean hasMembers(long group) {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path each : processes) {
        if (groupOf(each) == group) {
          return true;
        }
      }
    } catch (IOException e) {
      // A machine that cannot tell has none.
    }
    return false;
  }

  /** Field 5 of /proc/PID/stat, unless it is a zombie. */
  private static long groupOf(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[0].equals("Z") ? -1 : Long.parseLong(fields[2]);
    } catch (IOException | RuntimeException e) {
      return -1; // it has ended meanwhile
    }
  }

  /** To the group; one that was stopped is woken to die. */
  void signal(int number) throws InterruptedException {
    if (view().isRunning() || pid() > 0) {
      kill(number);
      if (number == 15 || number == 1) {
        kill(18);
      }
    }
  }

  private void kill(int number) throws InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + number, "--", "-" + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.GUEST, "cannot send a signal: " + e.getMessage(), "", e);
    }
  }

  synchronized JobConnection connect(JobView view) {
    boolean taken =
        connections.stream()
            .map(FakeJobConnection::input)
            .anyMatch(
                other ->
                    other == JobView.Input.ALONE
                        || (other == JobView.Input.SHARED && view.input() == JobView.Input.ALONE));
    if (view.input() != JobView.Input.NONE && taken) {
      throw new CapabilityException(
          FailureKind.CONFLICT, "somebody else has the input of job " + spec.id());
    }
    FakeJobConnection connection =
        new FakeJobConnection(
            this, view, start(stdout, view.stdoutFrom()), start(stderr, view.stderrFrom()));
    connections.add(connection);
    return connection;
  }

  private static long start(Kept kept, long asked) {
    return asked == JobView.OLDEST ? kept.from : asked == JobView.NOW ? kept.to() : asked;
  }

  synchronized void remove(FakeJobConnection connection) {
    connections.remove(connection);
    notifyAll();
  }

  /** What is at a position or has gone from there; null when nothing is there yet. */
  synchronized JobConnection.Event at(boolean error, long position) {
    Kept kept = error ? stderr : stdout;
    if (position < kept.from) {
      return new JobConnection.Dropped(error, position, kept.from);
    }
    if (position >= kept.to()) {
      return null;
    }
    long end = Math.min(kept.to(), position + CHUNK);
    kept.taken = Math.max(kept.taken, end);
    notifyAll();
    return new JobConnection.Output(error, position, kept.read(position, end));
  }

  void send(byte[] bytes, int offset, int length) {
    synchronized (sending) {
      try {
        OutputStream in = process.getOutputStream();
        in.write(bytes, offset, length);
        in.flush();
        synchronized (this) {
          inputBytes += length;
        }
      } catch (IOException e) {
        closed();
      }
    }
  }

  void endInput() {
    if (spec.terminal().isPresent()) {
      send(new byte[] {END_OF_FILE}, 0, 1);
    }
    synchronized (sending) {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // It reads no more, which is its right.
      }
      closed();
    }
  }

  private synchronized void closed() {
    inputOpen = false;
  }
}
