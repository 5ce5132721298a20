package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a main method where something else is mounted than for the test. The mount lives in a
 * namespace of the child's own, and goes with it, however it ends; so does a loop device.
 */
final class ChildJvm {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Commands HOST = new ProcessCommands();

  private ChildJvm() {}

  /** What it printed; its arguments are the mounted directory and {@code more}. */
  static String onATmpfs(String size, Path dir, Class<?> main, Object... more)
      throws IOException, InterruptedException {
    Files.createDirectories(dir);
    return HOST.check(
            call(
                List.of("unshare", "-Urm"),
                "mount -t tmpfs -o size=" + size + " full \"$0\" && exec \"$@\"",
                dir,
                main,
                more))
        .stdout();
  }

  /**
   * The same on a new file system of that type in a file; exit code 77 where this host cannot mount
   * one: not root, no loop devices, no {@code mkfs}.
   */
  static Commands.Result onALoop(String type, Path dir, Class<?> main, Object... more)
      throws IOException, InterruptedException {
    Files.createDirectories(dir);
    Path file = dir.resolveSibling(type + ".img");
    String mount =
        "{ truncate -s 400M %1$s && mkfs.%2$s -q %1$s && mount -t %2$s -o loop %1$s \"$0\"; } >/dev/null 2>&1"
                .formatted(file, type)
            + " || exit 77; exec \"$@\"";
    return HOST.run(
        call(List.of("unshare", "-m", "--propagation", "private"), mount, dir, main, more));
  }

  private static Commands.Call call(
      List<String> unshare, String script, Path dir, Class<?> main, Object... more) {
    List<String> argv = new ArrayList<>(unshare);
    argv.addAll(List.of("sh", "-c", script, dir.toString()));
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            dir.toString()));
    Arrays.stream(more).map(Object::toString).forEach(argv::add);
    return Commands.Call.of(LIMIT, argv);
  }
}
