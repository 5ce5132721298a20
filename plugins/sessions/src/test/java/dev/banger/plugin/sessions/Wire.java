package dev.banger.plugin.sessions;

import dev.banger.api.TerminalStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** The caller's end, at which a test types when it likes and sees what came. */
final class Wire implements TerminalStreams {
  private final PipedOutputStream typing = new PipedOutputStream();
  private final PipedInputStream in;
  private final Seen out = new Seen();
  private final Seen err = new Seen();
  private final Optional<Size> size;

  private Wire(Optional<Size> size) throws IOException {
    this.in = new PipedInputStream(typing, 256 * 1024);
    this.size = size;
  }

  static Wire pipes() throws IOException {
    return new Wire(Optional.empty());
  }

  static Wire terminal() throws IOException {
    return new Wire(Optional.of(new Size(24, 80)));
  }

  private static final class Seen extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      notifyAll();
    }

    synchronized void await(String text) throws InterruptedException {
      while (!toString(StandardCharsets.UTF_8).contains(text)) {
        wait();
      }
    }
  }

  void type(String text) throws IOException {
    typing.write(text.getBytes(StandardCharsets.UTF_8));
    typing.flush();
  }

  void end() throws IOException {
    typing.close();
  }

  void awaitOutput(String text) throws InterruptedException {
    out.await(text);
  }

  String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String errors() {
    return err.toString(StandardCharsets.UTF_8);
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
  public void onResize(Consumer<Size> listener) {}
}
