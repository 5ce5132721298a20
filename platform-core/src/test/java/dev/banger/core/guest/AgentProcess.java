package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real agent as a process of this machine, behind a Unix socket in the place of a VMM's. */
public final class AgentProcess implements AutoCloseable {
  private static final Duration UP = Duration.ofSeconds(60);

  final Path dir;
  public final Path socket;
  final Path log;
  private final List<String> properties;
  private Process process;

  private AgentProcess(Path dir, List<String> properties) throws IOException {
    this.dir = dir;
    this.properties = properties;
    this.socket = dir.resolve("a.sock");
    this.log = dir.resolve("agent.log");
    this.process = launch();
  }

  private Process launch() throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-XX:+UseSerialGC");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-Xmx48m");
    line.add("-Xss256k");
    line.add("--enable-native-access=ALL-UNNAMED");
    line.add("-Djdk.lang.Process.launchMechanism=FORK");
    line.add("-Dbanger.agent.busybox=" + busybox());
    line.add("-Dbanger.agent.root=" + Files.createDirectories(dir.resolve("root")));
    properties.forEach(property -> line.add("-Dbanger.agent." + property));
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of("dev.banger.agent.Main", "--listen", socket.toString()));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /**
   * @param properties of the agent's, each {@code name=value} without the prefix they share
   */
  public static AgentProcess start(String... properties) throws IOException {
    return new AgentProcess(Files.createTempDirectory("agent"), List.of(properties));
  }

  private static String busybox() {
    return Stream.of("/usr/bin/busybox", "/bin/busybox")
        .filter(file -> Files.isExecutable(Path.of(file)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("install busybox-static to run this test"));
  }

  public Path socket() {
    return socket;
  }

  public GuestLink connect() throws InterruptedException {
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
