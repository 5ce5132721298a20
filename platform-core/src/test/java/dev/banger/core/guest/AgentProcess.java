package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real agent as a process of this machine, behind a Unix socket in the place of a VMM's. */
final class AgentProcess implements AutoCloseable {
  private static final Duration UP = Duration.ofSeconds(60);

  final Path dir;
  final Path socket;
  final Path log;
  private Process process;

  private AgentProcess(Path dir) throws IOException {
    this.dir = dir;
    this.socket = dir.resolve("a.sock");
    this.log = dir.resolve("agent.log");
    this.process = launch();
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx48m",
            "-Xss256k",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.lang.Process.launchMechanism=FORK",
            "-Dbanger.agent.busybox=" + busybox(),
            "-Dbanger.agent.root=" + Files.createDirectories(dir.resolve("root")),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.banger.agent.Main",
            "--listen",
            socket.toString())
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  static AgentProcess start() throws IOException {
    return new AgentProcess(Files.createTempDirectory("agent"));
  }

  private static String busybox() {
    return Stream.of("/usr/bin/busybox", "/bin/busybox")
        .filter(file -> Files.isExecutable(Path.of(file)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("install busybox-static to run this test"));
  }

  GuestLink connect() throws InterruptedException {
    return new SocketGuestConnector().connect(socket, UP);
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As the supervisor in a guest does. */
  void startAnew() throws IOException {
    Files.deleteIfExists(socket);
    process = launch();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  List<String> log() throws IOException {
    return Files.readAllLines(log);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
