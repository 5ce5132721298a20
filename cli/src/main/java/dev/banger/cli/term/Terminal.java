package dev.banger.cli.term;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The terminal on standard input in raw mode: every key goes to the guest, Ctrl-C too. Closing it
 * puts it back as it was; so does the end of this process, by whatever signal it can still act on.
 */
public final class Terminal implements AutoCloseable {
  private static final long STTY_SECONDS = 5;

  private final String saved;
  private final Thread hook;
  private boolean isRestored;

  private Terminal(String saved) {
    this.saved = saved;
    this.hook = new Thread(this::restore, "banger-terminal");
  }

  /**
   * @throws IOException when there is no terminal, or no {@code stty}
   */
  public static Terminal raw() throws IOException {
    Terminal terminal = new Terminal(stty("-g"));
    // Before the change: a signal in between finds the way back already known.
    Runtime.getRuntime().addShutdownHook(terminal.hook);
    try {
      stty("raw", "-echo");
    } catch (IOException e) {
      terminal.close();
      throw e;
    }
    return terminal;
  }

  /** Rows and columns; 24 and 80 when the terminal does not know. */
  public static int[] size() {
    return size(Redirect.INHERIT);
  }

  /** The same of the terminal on standard error, wherever standard input comes from. */
  public static int[] errorSize() {
    return size(Redirect.from(new File("/proc/self/fd/2")));
  }

  private static int[] size(Redirect terminal) {
    try {
      String[] words = stty(terminal, List.of("size")).split(" ", 2);
      int rows = Integer.parseInt(words[0]);
      int columns = Integer.parseInt(words[1]);
      if (rows > 0 && columns > 0) {
        return new int[] {rows, columns};
      }
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      // As if it did not know.
    }
    return new int[] {24, 80};
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending; the hook has run or will, and does nothing twice.
    }
  }

  private synchronized void restore() {
    if (isRestored) {
      return;
    }
    isRestored = true;
    try {
      stty(saved);
    } catch (IOException e) {
      // The terminal is gone, or stty is: nothing is left to try.
    }
  }

  private static String stty(String... words) throws IOException {
    return stty(Redirect.INHERIT, List.of(words));
  }

  private static String stty(Redirect terminal, List<String> words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("stty");
    command.addAll(words);
    Process process =
        new ProcessBuilder(command).redirectInput(terminal).redirectError(Redirect.DISCARD).start();
    try {
      if (!process.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("stty did not end within " + STTY_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while setting up the terminal");
    }
    String output =
        new String(process.getInputStream().readNBytes(4096), StandardCharsets.US_ASCII).strip();
    if (process.exitValue() != 0) {
      throw new IOException("stty " + String.join(" ", words) + " failed");
    }
    return output;
  }
}
