package dev.banger.testkit;

import dev.banger.api.TerminalStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The other end of a command that is attached: everything is typed already. */
public final class FakeTerminal implements TerminalStreams {
  private final InputStream typed;
  private final Optional<Size> size;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Consumer<Size>> listeners = new CopyOnWriteArrayList<>();

  private FakeTerminal(String typed, Optional<Size> size) {
    this.typed = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
    this.size = size;
  }

  /** A terminal of 24 rows and 80 columns. */
  public static FakeTerminal typing(String text) {
    return new FakeTerminal(text, Optional.of(new Size(24, 80)));
  }

  /** Pipes. */
  public static FakeTerminal piping(String text) {
    return new FakeTerminal(text, Optional.empty());
  }

  /** Tells whoever listens. */
  public void resize(int rows, int columns) {
    listeners.forEach(listener -> listener.accept(new Size(rows, columns)));
  }

  /** What was written so far, as UTF-8. */
  public String shown() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was written to the error stream so far, as UTF-8. */
  public String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public InputStream in() {
    return typed;
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
