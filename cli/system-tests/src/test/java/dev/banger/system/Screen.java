package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A pseudo-terminal of 24 rows and 80 columns with one {@code banger} in it, as script(1) makes it.
 * When that ends, its exit code and whether the terminal is as it was are shown.
 */
final class Screen implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String RUN =
      """
      stty rows 24 cols 80
      before=$(stty -g)
      echo "terminal $(tty)."
      "$BANGER" "$@"
      echo "exit $?"
      [ "$before" = "$(stty -g)" ] && echo put back
      """;

  private final Process process;
  private final StringBuilder shown = new StringBuilder();

  private Screen(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  static Screen of(BangerHome home, String... arguments) throws IOException {
    Path run = home.dir().resolve("run.sh");
    Files.writeString(run, RUN);
    String line = "sh " + run + " " + String.join(" ", arguments);
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
    builder.environment().put("BANGER_HOME", home.dir().toString());
    builder.environment().put("BANGER_NETWORK_MODE", "user");
    builder.environment().put("BANGER", System.getProperty("banger.dist") + "/bin/banger");
    return new Screen(builder.redirectErrorStream(true).start());
  }

  private void read() {
    byte[] buffer = new byte[4096];
    try (InputStream in = process.getInputStream()) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        synchronized (shown) {
          shown.append(new String(buffer, 0, got, StandardCharsets.ISO_8859_1));
          shown.notifyAll();
        }
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  void type(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
  }

  /** Waits for it, behind all that was waited for before, and takes everything up to it. */
  String await(String text) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (shown) {
      int at = shown.indexOf(text);
      while (at < 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertThat(left).as("\"%s\" did not come: %s", text, shown).isPositive();
        shown.wait(left);
        at = shown.indexOf(text);
      }
      String before = shown.substring(0, at);
      shown.delete(0, at + text.length());
      return before;
    }
  }

  /** The window gets another size. */
  void resize(String terminal, int rows, int columns) throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("stty", "-F", terminal, "rows", "" + rows, "cols", "" + columns)
            .inheritIO()
            .start();
    assertThat(stty.waitFor()).isZero();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
