package dev.banger.core.guest;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.DeadlineException;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** One archive over one stream. Given up when the guest makes no progress for the idle limit. */
final class TarTransfer {
  private static final int CHUNK = 32 * 1024;

  private final MuxStream stream;
  private final Duration idleLimit;

  TarTransfer(MuxStream stream, Duration idleLimit) {
    this.stream = stream;
    this.idleLimit = idleLimit;
  }

  void put(InputStream tar) {
    try (stream) {
      byte[] chunk = new byte[CHUNK];
      int count = readHost(tar, chunk);
      // An answer before the end says that the guest gave up: there is no sense in going on.
      while (count >= 0 && stream.in().available() == 0) {
        progress();
        ByteFrames.writeAll(stream.out(), ByteFrames.STDIN, Arrays.copyOf(chunk, count));
        count = readHost(tar, chunk);
      }
      if (count < 0) {
        progress();
        ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
      }
      awaitEnd();
    } catch (DeadlineException e) {
      throw stuck();
    } catch (IOException e) {
      throw Failures.lost(e);
    }
  }

  void get(OutputStream sink) {
    try (stream) {
      ByteFrame frame = next();
      while (frame.kind() == ByteFrames.STDOUT) {
        writeHost(sink, frame.payload());
        frame = next();
      }
      insistOnSuccess(frame);
    } catch (DeadlineException e) {
      throw stuck();
    } catch (IOException e) {
      throw Failures.lost(e);
    }
  }

  private void awaitEnd() throws IOException {
    insistOnSuccess(next());
  }

  private ByteFrame next() throws IOException {
    progress();
    ByteFrame frame = ByteFrames.read(stream.in());
    if (frame == null) {
      throw new IOException("the transfer ended without a result");
    }
    return frame;
  }

  private static void insistOnSuccess(ByteFrame frame) throws IOException {
    if (frame.kind() == ByteFrames.ERROR) {
      throw Failures.guest(frame.text());
    }
    if (frame.kind() != ByteFrames.EXIT || frame.exitCode() != 0) {
      throw Failures.nonsense("a frame of kind " + frame.kind() + " to a file transfer");
    }
  }

  private void progress() {
    stream.setDeadline(Deadline.in(idleLimit).nanoTime());
  }

  private BangerException stuck() {
    return Deadline.in(idleLimit).timeout("the file transfer with the guest made no progress");
  }

  private static int readHost(InputStream tar, byte[] chunk) {
    try {
      return tar.read(chunk, 0, chunk.length);
    } catch (IOException e) {
      throw host("cannot read the archive", e);
    }
  }

  private static void writeHost(OutputStream sink, byte[] bytes) {
    try {
      sink.write(bytes);
    } catch (IOException e) {
      throw host("cannot write the archive", e);
    }
  }

  private static BangerException host(String what, IOException cause) {
    return new BangerException(
        ErrorKind.HOST, what + ": " + cause.getMessage(), "", List.of(), cause);
  }
}
