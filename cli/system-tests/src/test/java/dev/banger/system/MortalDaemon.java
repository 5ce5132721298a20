package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Daemons of one home that die, as by a SIGKILL, at a chosen point of what they are armed for. */
final class MortalDaemon {
  private final BangerHome home;
  private final Path dir;
  private final Map<String, String> environment;

  /**
   * @param environment see {@link dev.banger.core.boot.CrashingDaemon}
   */
  MortalDaemon(BangerHome home, Map<String, String> environment) throws IOException {
    this.home = home;
    this.environment = Map.copyOf(environment);
    this.dir = Files.createDirectories(home.dir().resolve("crash"));
  }

  /** Where it keeps what it needs. */
  Path dir() {
    return dir;
  }

  /** One that does not die; whoever starts it ends it. */
  Process immortal(Map<String, String> more) throws Exception {
    return start(Integer.MAX_VALUE, more);
  }

  /**
   * @param point 1 is the first
   */
  Process dyingAt(int point) throws Exception {
    return start(point, Map.of());
  }

  private Process start(int point, Map<String, String> more) throws Exception {
    Path dist = Path.of(System.getProperty("banger.dist")).toRealPath();
    String classes =
        Path.of(MortalDaemon.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    List<String> command = new ArrayList<>(home.enter());
    command.addAll(
        List.of(
            dist.resolve("runtime/bin/java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dbanger.dist=" + dist,
            "-Dbanger.agent.disk=" + dist.resolve("lib/agent/agent.img"),
            "-Dbanger.plugins.dir=" + dist.resolve("plugins"),
            "-cp",
            dist.resolve("lib/daemon") + "/*:" + classes,
            "dev.banger.core.boot.CrashingDaemon"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BANGER_HOME", home.dir().toString());
    builder.environment().put("BANGER_NETWORK_MODE", home.enter().isEmpty() ? "user" : "bridge");
    builder.environment().put("BANGER_CRASH_DIR", dir.toString());
    builder.environment().put("BANGER_CRASH_AT", Integer.toString(point));
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, sbin) -> path + ":" + sbin);
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    Path log = dir.resolve("daemon-" + point + ".log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process daemon = builder.start();
    try {
      while (!home.ok("daemon", "status", "-o", "json").json().path("running").asBoolean()) {
        assertThat(daemon.isAlive()).as(Files.readString(log)).isTrue();
        Thread.sleep(100);
      }
      assertThat(home.daemon().pid()).isEqualTo(daemon.pid());
      return daemon;
    } catch (Throwable e) {
      end(daemon);
      throw e;
    }
  }

  static void end(Process daemon) throws InterruptedException {
    if (daemon.isAlive()) {
      daemon.destroy();
      if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
        daemon.destroyForcibly().waitFor();
      }
    }
  }

  /** From now on points count. */
  void arm() throws IOException {
    Files.deleteIfExists(dir.resolve("points"));
    Files.writeString(dir.resolve("armed"), "");
  }

  void disarm() throws IOException {
    Files.deleteIfExists(dir.resolve("armed"));
  }

  /** The points since it was armed. */
  List<String> passed() throws IOException {
    return Files.readAllLines(dir.resolve("points")).stream()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  String lastPoint() throws IOException {
    Path points = dir.resolve("points");
    return Files.exists(points) ? Files.readAllLines(points).getLast() : "none";
  }
}
