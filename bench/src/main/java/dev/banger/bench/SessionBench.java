package dev.banger.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Bytes through {@code attach --pipe} into a {@code cat} of a tiny guest and back, against the same
 * through two programs of this machine and the pipe between them.
 */
final class SessionBench {
  private static final int MEGA = 1_000_000;

  private final Programs programs;
  private final Path banger;
  private final PrintStream out;
  private int turn;

  SessionBench(Programs programs, Path dist, PrintStream out) {
    this.programs = programs;
    this.banger = dist.resolve("bin/banger");
    this.out = out;
  }

  /**
   * @param megabytes each way
   */
  void run(Pairs pairs, int megabytes) throws Exception {
    Path bytes = programs.home().resolve("bytes");
    fill(bytes, megabytes);
    banger("image", "import", "tiny");
    banger("vm", "create", "box", "--image", "tiny", "--no-nat");
    long[] took = {0};
    pairs.compare(
        "session on pipes, %d MB each way".formatted(megabytes),
        () -> took[0] = through(bytes),
        "cat | cat",
        () -> shell("cat \"$1\" | cat >\"$1.back\"", bytes),
        1);
    out.printf(
        Locale.ROOT, "%.1f MB/s each way at once%n", megabytes / (took[0] / 1_000_000_000.0));
    banger("vm", "delete", "box", "--force");
    banger("daemon", "stop");
  }

  private static void fill(Path file, int megabytes) throws IOException {
    byte[] chunk = new byte[MEGA];
    Random random = new Random(6);
    try (OutputStream to = Files.newOutputStream(file)) {
      for (int i = 0; i < megabytes; i++) {
        random.nextBytes(chunk);
        to.write(chunk);
      }
    }
  }

  private long through(Path bytes) throws Exception {
    String name = "cat-" + turn++;
    banger("vm", "session", "start", "box", "--name", name, "--when-full", "wait", "--", "cat");
    long took =
        shell("\"$2\" vm session attach box " + name + " --pipe <\"$1\" >\"$1.back\"", bytes);
    if (Files.mismatch(bytes, bytes.resolveSibling("bytes.back")) >= 0) {
      throw new IllegalStateException("what came back is not what was sent");
    }
    return took;
  }

  private long shell(String script, Path bytes) throws IOException, InterruptedException {
    return programs.time(List.of("sh", "-c", script, "sh", bytes.toString(), banger.toString()));
  }

  private void banger(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(banger.toString()));
    command.addAll(List.of(words));
    programs.time(command);
  }
}
