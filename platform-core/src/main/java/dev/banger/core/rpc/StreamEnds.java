package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.model.BangerException;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The daemon's end of a connection that carries frames. Writing is safe from any thread. */
public final class StreamEnds {
  private static final int CHUNK = ByteFrames.MAX_PAYLOAD;

  private final InputStream in;
  private final OutputStream out;

  StreamEnds(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** The client's next frame, or null when it closed the connection. */
  public ByteFrame read() throws IOException {
    return ByteFrames.read(in);
  }

  /** Copies {@code from} to its end as frames of that kind, then says so with an empty one. */
  public void copyOut(InputStream from, int kind) throws IOException {
    byte[] buffer = new byte[CHUNK];
    int got;
    while ((got = from.read(buffer)) >= 0) {
      if (got > 0) {
        write(kind, buffer, 0, got);
      }
    }
    synchronized (out) {
      ByteFrames.writeEnd(out, kind);
      out.flush();
    }
  }

  public void write(int kind, byte[] bytes, int offset, int length) throws IOException {
    synchronized (out) {
      ByteFrames.write(out, kind, bytes, offset, length);
      out.flush();
    }
  }

  public void exit(int code) throws IOException {
    byte[] payload = ByteBuffer.allocate(4).putInt(code).array();
    write(ByteFrames.EXIT, payload, 0, payload.length);
  }

  public void error(BangerException error) throws IOException {
    sendError(error, Json.build(), Errors.data(error));
  }

  /**
   * The same for a command that a client runs as if it were its own.
   *
   * @param exitCode what the client is to exit with, 125 to 127
   */
  public void error(BangerException error, int exitCode) throws IOException {
    sendError(
        error,
        Json.build().put("exitCode", exitCode),
        Errors.data(error).put("exitCode", exitCode));
  }

  private void sendError(BangerException error, Json.Builder brief, Json.Builder full)
      throws IOException {
    byte[] payload = full.put("message", error.getMessage()).done().toBytes();
    if (payload.length > CHUNK) {
      payload =
          brief
              .put("kind", error.kind().wireName())
              .put("message", "an error too long to tell")
              .done()
              .toBytes();
    }
    write(ByteFrames.ERROR, payload, 0, payload.length);
  }

  /** What the client sends as STDIN, as a stream that ends when it says so or goes away. */
  public InputStream input() {
    return new FrameInput(this);
  }

  /** Bytes written here reach the client as frames of that kind. */
  public OutputStream output(int kind) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += CHUNK) {
          StreamEnds.this.write(kind, bytes, offset + at, Math.min(CHUNK, length - at));
        }
      }
    };
  }
}
