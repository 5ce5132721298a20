package dev.banger.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The other end of a command of mode {@link CommandMode#ATTACH}: a terminal in raw mode, or pipes.
 * Streams apply back-pressure. When the other end goes away, the thread is interrupted and every
 * stream throws {@link java.io.IOException}.
 */
public interface TerminalStreams {
  /** What is typed or piped in, byte for byte. */
  InputStream in();

  OutputStream out();

  /** Kept apart from {@link #out} when the other end is not a terminal. */
  OutputStream err();

  /** Its size, when the other end is a terminal. */
  Optional<Size> size();

  /** Calls {@code listener} with every new size, on a thread of the host's, quickly. */
  void onResize(Consumer<Size> listener);

  /** In characters, each at least 1. */
  record Size(int rows, int columns) {}
}
