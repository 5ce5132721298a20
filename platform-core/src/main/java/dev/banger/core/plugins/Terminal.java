package dev.banger.core.plugins;

import dev.banger.api.TerminalStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The other end of a command of mode ATTACH: what it writes is read here, and what is written here
 * it reads. The plugin's thread touches pipes only, so interrupting it breaks nothing else.
 */
public final class Terminal implements TerminalStreams {
  private static final int PIPE_BYTES = 64 * 1024;

  private final boolean tty;
  private final Pipe stdin = new Pipe(PIPE_BYTES);
  private final Pipe stdout = new Pipe(PIPE_BYTES);
  private final Pipe stderr = new Pipe(PIPE_BYTES);
  private final InputStream in = stdin.in();
  private final OutputStream out = stdout.out();
  private final OutputStream err;
  private final List<Consumer<Size>> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<Size> size;

  private Terminal(Optional<Size> size) {
    this.tty = size.isPresent();
    this.size = size;
    this.err = tty ? out : stderr.out();
  }

  /** Three pipes. */
  public static Terminal pipes() {
    return new Terminal(Optional.empty());
  }

  /** A terminal of that size; what is less than 1 counts as 1. */
  public static Terminal tty(int rows, int columns) {
    return new Terminal(Optional.of(new Size(Math.max(1, rows), Math.max(1, columns))));
  }

  /** Where the command's input is written to; closing it is the end of it. */
  public OutputStream typing() {
    return stdin.out();
  }

  /** What the command writes. */
  public InputStream written() {
    return stdout.in();
  }

  /** What it writes as errors; nothing for a terminal. */
  public InputStream errors() {
    return stderr.in();
  }

  /** The terminal has another size. Ignored for pipes, and when it is none. */
  public void resized(int rows, int columns) {
    if (rows < 1 || columns < 1 || !tty) {
      return;
    }
    Size now = new Size(rows, columns);
    size = Optional.of(now);
    listeners.removeIf(listener -> !isTold(listener, now));
  }

  /** A listener that fails is the plugin's defect, and is not asked again. */
  private static boolean isTold(Consumer<Size> listener, Size now) {
    try {
      listener.accept(now);
      return true;
    } catch (RuntimeException | Error e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "a plugin fails when a terminal is resized", e);
      return false;
    }
  }

  /** The command has ended: what it wrote can still be read, to the end. */
  public void ended() {
    listeners.clear();
    stdout.end();
    stderr.end();
  }

  /** From now on every stream throws. */
  public void hangUp() {
    listeners.clear();
    IOException reason = new IOException("the other end has gone away");
    stdin.fail(reason);
    stdout.fail(reason);
    stderr.fail(reason);
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public OutputStream err() {
    return err;
  }

  @Override
  public Optional<Size> size() {
    return size;
  }

  @Override
  public void onResize(Consumer<Size> listener) {
    listeners.add(listener);
  }
}
