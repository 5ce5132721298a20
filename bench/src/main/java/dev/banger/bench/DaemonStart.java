package dev.banger.bench;

import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** From the start of the daemon's process to its answer to one request. */
final class DaemonStart {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Json NO_PARAMETERS = Json.object(Map.of());

  private final Programs programs;
  private final List<String> command;
  private final Path socket;

  /** As it is shipped. */
  DaemonStart(Programs programs, Path dist) {
    this(programs, List.of(dist.resolve("bin/bangerd").toString()));
  }

  private DaemonStart(Programs programs, List<String> command) {
    this.programs = programs;
    this.command = command;
    this.socket = DaemonSocket.path(Map.of("BANGER_HOME", programs.home().toString()));
  }

  /** The same jars with nothing but what the program needs to be told. */
  static DaemonStart untuned(Programs programs, Path dist) {
    return new DaemonStart(
        programs,
        List.of(
            dist.resolve("runtime/bin/java").toString(),
            "-Dbanger.dist=" + dist,
            "-Dbanger.agent.disk=" + dist.resolve("lib/agent/agent.img"),
            "-Dbanger.plugins.dir=" + dist.resolve("plugins"),
            "-cp",
            dist.resolve("lib/daemon") + "/*",
            "dev.banger.core.boot.BangerDaemon"));
  }

  /** Nanoseconds until {@code method} was answered. The daemon has ended when this returns. */
  long run(String method) throws IOException, InterruptedException {
    File log = programs.home().resolve("daemon.out").toFile();
    long started = System.nanoTime();
    Process daemon = programs.start(command, log);
    try {
      long took;
      try (BangerClient client = connect(daemon, started)) {
        client.call(method, NO_PARAMETERS);
        took = System.nanoTime() - started;
        client.call("daemon.stop", NO_PARAMETERS);
      }
      if (!daemon.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the daemon was told to stop and goes on; see " + log);
      }
      return took;
    } finally {
      daemon.destroyForcibly().waitFor();
    }
  }

  private BangerClient connect(Process daemon, long started) throws IOException {
    while (System.nanoTime() - started < DEADLINE.toNanos()) {
      Optional<BangerClient> client = BangerClient.connect(socket, DEADLINE);
      if (client.isPresent()) {
        return client.get();
      }
      if (!daemon.isAlive()) {
        throw new IOException("the daemon ended with exit code " + daemon.exitValue());
      }
      LockSupport.parkNanos(1_000_000);
    }
    throw new IOException("no daemon at " + socket + " within " + DEADLINE.toSeconds() + " s");
  }
}
