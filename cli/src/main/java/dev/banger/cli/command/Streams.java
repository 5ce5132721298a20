package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Byte streams, seen from this side. */
final class Streams {
  /** The exit code when our reader has gone, as shells count a death by SIGPIPE. */
  static final int OUTPUT_CLOSED = 141;

  private Streams() {}

  /**
   * Copies what comes to {@code out} and {@code err} until the end.
   *
   * @return the exit code
   * @throws Failure what an ERROR frame said, or that the connection ended before EXIT
   * @throws OutputClosedException when {@code out} takes no more
   */
  static int copy(ByteStream stream, OutputStream out, OutputStream err) throws IOException {
    while (true) {
      ByteFrame frame = stream.read();
      if (frame == null) {
        throw lost();
      }
      switch (frame.kind()) {
        case ByteFrames.STDOUT -> write(out, frame.payload());
        case ByteFrames.STDERR -> write(err, frame.payload());
        case ByteFrames.EXIT -> {
          return frame.exitCode();
        }
        case ByteFrames.ERROR -> throw error(frame);
        default -> {
          // A newer daemon may send more; what is not known is not needed.
        }
      }
    }
  }

  private static void write(OutputStream to, byte[] bytes) throws OutputClosedException {
    if (bytes.length == 0) {
      return;
    }
    try {
      to.write(bytes, 0, bytes.length);
      to.flush();
    } catch (IOException e) {
      throw new OutputClosedException();
    }
    if (to instanceof java.io.PrintStream printer && printer.checkError()) {
      throw new OutputClosedException();
    }
  }

  static Failure error(ByteFrame frame) {
    try {
      return Failure.of(Json.parse(frame.payload()));
    } catch (MalformedJsonException e) {
      return Failure.failed(
          "internal", "the daemon told of an error in words that are none: " + e.getMessage(), "");
    }
  }

  static Failure lost() {
    return Failure.failed(
        "unavailable",
        "the connection to the daemon ended before the command did",
        "banger daemon logs");
  }

  /** The STDOUT frames of {@code stream} as one stream of bytes; its end needs an EXIT of 0. */
  static InputStream input(ByteStream stream) {
    return new FrameInput(stream);
  }

  /** Our own reader has gone, for example {@code head}. */
  static final class OutputClosedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class FrameInput extends InputStream {
    private final ByteStream stream;
    private byte[] payload = {};
    private int at;
    private boolean isAtEnd;

    FrameInput(ByteStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (at == payload.length && !isAtEnd) {
        next();
      }
      if (at == payload.length) {
        return -1;
      }
      int taken = Math.min(length, payload.length - at);
      System.arraycopy(payload, at, into, offset, taken);
      at += taken;
      return taken;
    }

    private void next() throws IOException {
      ByteFrame frame = stream.read();
      if (frame == null) {
        throw lost();
      }
      switch (frame.kind()) {
        case ByteFrames.STDOUT -> {
          payload = frame.payload();
          at = 0;
        }
        case ByteFrames.EXIT -> {
          if (frame.exitCode() != 0) {
            throw Failure.failed(
                "guest", "the guest ended the transfer with code " + frame.exitCode(), "");
          }
          isAtEnd = true;
        }
        case ByteFrames.ERROR -> throw error(frame);
        default -> {
          // As in copy.
        }
      }
    }
  }
}
