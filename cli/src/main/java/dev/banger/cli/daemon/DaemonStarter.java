package dev.banger.cli.daemon;

import dev.banger.cli.base.Failure;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Directories;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts the daemon, apart from this process and its terminal, and waits until it answers.
 *
 * <p>Clients that start it at once take turns by a lock file: the second finds it running.
 */
public final class DaemonStarter {
  /** How long a daemon may take from its start to its first answer, in milliseconds. */
  private static final long START_MILLIS = 20_000;

  private static final int SHOWN_LINES = 20;

  private final Console console;
  private final Directories directories;
  private final Path socket;

  public DaemonStarter(Console console) {
    this.console = console;
    this.directories = Directories.from(console.env());
    this.socket = DaemonSocket.path(console.env());
  }

  /**
   * Returns when a daemon answers.
   *
   * @param isUnasked whether the user asked for something else, and is told why this happens
   * @return whether it was started here; false when another client was quicker
   */
  public boolean start(boolean isUnasked) {
    Path binary = binary(console, socket);
    long giveUp = System.nanoTime() + START_MILLIS * 1_000_000;
    try {
      Files.createDirectories(
          directories.state(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try (FileChannel channel =
              FileChannel.open(
                  directories.state().resolve("start.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = takeTurn(channel, giveUp)) {
        if (lock == null) {
          throw Failure.failed(
              "timeout",
              "another banger has been starting the daemon for 20 s",
              "banger daemon logs");
        }
        if (answers()) {
          return false;
        }
        launch(binary, isUnasked);
        return true;
      }
    } catch (IOException e) {
      throw Failure.failed(
          "host", "cannot start the daemon " + binary + ": " + e.getMessage(), "banger doctor");
    }
  }

  /** The daemon's program: {@code BANGER_DAEMON_BIN}, else beside this one. */
  public static Path binary(Console console, Path socket) {
    String explicit = console.variable("BANGER_DAEMON_BIN");
    String distribution = System.getProperty("banger.dist", "");
    if (explicit.isEmpty() && distribution.isEmpty()) {
      throw Failure.failed(
          "unavailable",
          "no daemon is running (socket "
              + socket
              + "), and this banger does not know where bangerd is",
          "start bangerd by hand, or name it in BANGER_DAEMON_BIN");
    }
    Path binary =
        explicit.isEmpty() ? Path.of(distribution).resolve("bin/bangerd") : Path.of(explicit);
    if (!Files.isExecutable(binary)) {
      throw Failure.failed(
          "unavailable",
          "no daemon is running (socket " + socket + "), and " + binary + " cannot be executed",
          explicit.isEmpty()
              ? "the distribution is not complete: build it again with ./quickstart"
              : "set BANGER_DAEMON_BIN to the path of bangerd, or unset it");
    }
    return binary.toAbsolutePath();
  }

  private void launch(Path binary, boolean isUnasked) throws IOException {
    if (isUnasked) {
      console
          .err()
          .println(
              "starting the daemon: "
                  + (Files.exists(socket)
                      ? "nobody listens on the socket an earlier one left ("
                      : "no daemon was running (socket ")
                  + Text.safe(socket.toString())
                  + ")");
      console.err().flush();
    }
    DaemonLog log = new DaemonLog(directories.daemonLog());
    log.rotate();
    long logged = log.size();
    ProcessBuilder builder = new ProcessBuilder("setsid", binary.toString());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(console.env());
    // The daemon has its own working directory, so a relative one would point elsewhere.
    for (String variable : List.of("BANGER_HOME", "BANGER_SOCKET")) {
      environment.computeIfPresent(
          variable,
          (name, value) ->
              value.isEmpty() ? null : Path.of(value).toAbsolutePath().normalize().toString());
    }
    builder.directory(directories.state().toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()));
    await(builder.start(), log, logged);
  }

  private void await(Process daemon, DaemonLog log, long logged) throws IOException {
    long giveUp = System.nanoTime() + START_MILLIS * 1_000_000;
    long pause = 10;
    while (true) {
      // Looked at first: a daemon that ended may have done so because another one answers.
      boolean isAlive = daemon.isAlive();
      if (answers()) {
        return;
      }
      if (!isAlive) {
        throw Failure.failed(
            "host",
            "the daemon ended with exit code " + daemon.exitValue() + " before it answered",
            "banger daemon logs, banger config check",
            lastWords(log, logged));
      }
      if (System.nanoTime() > giveUp) {
        throw Failure.failed(
            "timeout",
            "the daemon (pid " + daemon.pid() + ") did not answer within 20 s of its start",
            "banger daemon logs",
            lastWords(log, logged));
      }
      pause(pause);
      pause = Math.min(pause * 2, 100);
    }
  }

  private static List<String> lastWords(DaemonLog log, long logged) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("last lines of " + log.file() + ":");
    for (String line : log.tail(logged, SHOWN_LINES)) {
      lines.add("  | " + line);
    }
    if (lines.size() == 1) {
      lines.add("  (it wrote nothing)");
    }
    return lines;
  }

  private boolean answers() {
    try {
      Optional<BangerClient> client =
          BangerClient.connectToAny(socket, BangerClient.CONNECT_DEADLINE);
      if (client.isEmpty()) {
        return false;
      }
      try (BangerClient connected = client.get()) {
        Json pong = Daemon.ping(connected);
        return pong.isObject();
      }
    } catch (RpcException e) {
      // Listening but not ready yet, or about to end: the loop decides.
      return false;
    }
  }

  private static FileLock takeTurn(FileChannel channel, long giveUp) throws IOException {
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another thread of this process holds it: the same as another process.
      }
      if (System.nanoTime() > giveUp) {
        return null;
      }
      pause(20);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.interrupted(
          "interrupted while the daemon was starting", "banger daemon status");
    }
  }
}
