package dev.banger.core.rpc;

import dev.banger.api.TerminalStreams;
import dev.banger.core.plugins.Pipe;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A client's terminal or pipes as a command of a plugin sees them. The command's thread never
 * touches the connection itself: interrupting it in the middle of a write would close that.
 */
final class AttachedTerminal implements TerminalStreams {
  private static final int PIPE_BYTES = 64 * 1024;

  private final StreamEnds client;
  private final boolean tty;
  private final Pipe stdin = new Pipe(PIPE_BYTES);
  private final Pipe stdout = new Pipe(PIPE_BYTES);
  private final Pipe stderr = new Pipe(PIPE_BYTES);
  private final OutputStream typed = stdin.out();
  private final InputStream in = stdin.in();
  private final OutputStream out = stdout.out();
  private final OutputStream err;
  private final List<Consumer<Size>> listeners = new CopyOnWriteArrayList<>();
  private final Thread outPump;
  private final Thread errPump;
  private final Thread reader;
  private volatile Optional<Size> size;

  /**
   * @param size of the client's terminal; empty when it has none
   * @param gone run when the client has gone away, at most once
   */
  AttachedTerminal(StreamEnds client, Optional<Size> size, Runnable gone) {
    this.client = client;
    this.tty = size.isPresent();
    this.size = size;
    this.err = tty ? out : stderr.out();
    this.outPump = pump("attach-stdout", stdout, ByteFrames.STDOUT);
    this.errPump = pump("attach-stderr", stderr, ByteFrames.STDERR);
    this.reader = Thread.ofVirtual().name("attach-stdin").start(() -> obey(gone));
  }

  private Thread pump(String name, Pipe from, int kind) {
    return Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                client.copyOut(from.in(), kind);
              } catch (IOException e) {
                from.fail(new IOException("the other end has gone away"));
              }
            });
  }

  private void obey(Runnable gone) {
    try {
      ByteFrame frame;
      while ((frame = client.read()) != null) {
        byte[] payload = frame.payload();
        if (frame.kind() == ByteFrames.STDIN) {
          feed(payload);
        } else if (frame.kind() == ByteFrames.RESIZE && payload.length == 4 && tty) {
          ByteBuffer numbers = ByteBuffer.wrap(payload);
          resized(numbers.getShort() & 0xffff, numbers.getShort() & 0xffff);
        }
      }
    } catch (IOException e) {
      // Gone, one way or the other.
    }
    hangUp();
    gone.run();
  }

  private void feed(byte[] payload) {
    try {
      if (payload.length == 0) {
        typed.close();
      } else {
        typed.write(payload);
      }
    } catch (IOException e) {
      // The command does not read any more; it may still write.
    }
  }

  private void resized(int rows, int columns) {
    if (rows < 1 || columns < 1) {
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

  private void hangUp() {
    IOException reason = new IOException("the other end has gone away");
    stdin.fail(reason);
    stdout.fail(reason);
    stderr.fail(reason);
  }

  /** Sends what was written so far; from now on every stream throws. */
  void finish() throws InterruptedException {
    listeners.clear();
    stdout.end();
    stderr.end();
    outPump.join();
    errPump.join();
    hangUp();
  }

  /** Stops listening to the client. */
  void close() {
    reader.interrupt();
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
