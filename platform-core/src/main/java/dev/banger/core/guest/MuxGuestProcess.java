package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink.GuestProcess;
import dev.banger.core.model.BangerException;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A command in the guest and its stream. Both outputs share the stream, so one that nobody reads
 * holds up the other once its buffer of 256 KiB is full.
 */
final class MuxGuestProcess implements GuestProcess {
  private final MuxStream stream;
  private final OutputStream stdin = new Stdin();
  private final OutputBuffer stdout = new OutputBuffer();
  private final OutputBuffer stderr = new OutputBuffer();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private MuxGuestProcess(MuxStream stream) {
    this.stream = stream;
  }

  static MuxGuestProcess on(MuxStream stream) {
    MuxGuestProcess process = new MuxGuestProcess(stream);
    Thread.ofVirtual().name("guest-process-" + stream.id()).start(process::receive);
    return process;
  }

  @Override
  public OutputStream stdin() {
    return stdin;
  }

  @Override
  public InputStream stdout() {
    return stdout;
  }

  @Override
  public InputStream stderr() {
    return stderr;
  }

  @Override
  public void signal(int number) {
    try {
      ByteFrames.writeSignal(stream.out(), number);
    } catch (IOException e) {
      // The command or the link is gone; exit() tells which.
    }
  }

  @Override
  public void resize(int rows, int cols) {
    try {
      ByteFrames.writeResize(stream.out(), rows, cols);
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public CompletableFuture<Integer> exit() {
    return exit.copy();
  }

  @Override
  public void close() {
    stream.close();
    stdout.close();
    stderr.close();
    exit.completeExceptionally(Failures.lost(new IOException("the command was given up")));
  }

  private void receive() {
    try {
      ByteFrame frame = ByteFrames.read(stream.in());
      while (frame != null && frame.kind() != ByteFrames.EXIT) {
        take(frame);
        frame = ByteFrames.read(stream.in());
      }
      if (frame == null) {
        throw new IOException("the command's stream ended without an exit code");
      }
      int code = frame.exitCode();
      end(null);
      exit.complete(code);
    } catch (IOException e) {
      fail(Failures.lost(e), e);
    } catch (BangerException e) {
      fail(e, new IOException(e.getMessage(), e));
    } catch (InterruptedException e) {
      fail(Failures.lost(e), new IOException(e));
    } finally {
      stream.close();
    }
  }

  private void take(ByteFrame frame) throws IOException, InterruptedException {
    switch (frame.kind()) {
      case ByteFrames.STDOUT -> deliver(frame, stdout);
      case ByteFrames.STDERR -> deliver(frame, stderr);
      case ByteFrames.ERROR -> throw Failures.guest(frame.text());
      default -> throw new ProtocolException("frame of kind " + frame.kind() + " from the guest");
    }
  }

  private static void deliver(ByteFrame frame, OutputBuffer to) throws InterruptedException {
    if (frame.isEndOfStream()) {
      to.end(null);
    } else {
      to.put(frame.payload());
    }
  }

  private void end(IOException cause) {
    stdout.end(cause);
    stderr.end(cause);
  }

  private void fail(BangerException failure, IOException cause) {
    end(cause);
    exit.completeExceptionally(failure);
  }

  private final class Stdin extends OutputStream {
    private final AtomicBoolean ended = new AtomicBoolean();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int count = Math.min(length - done, ByteFrames.MAX_PAYLOAD);
        ByteFrames.write(stream.out(), ByteFrames.STDIN, bytes, offset + done, count);
        done += count;
      }
    }

    @Override
    public void close() {
      try {
        if (!ended.getAndSet(true)) {
          ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
        }
      } catch (IOException e) {
        // Who is gone needs no end of file.
      }
    }
  }
}
