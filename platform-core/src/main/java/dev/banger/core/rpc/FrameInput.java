package dev.banger.core.rpc;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The STDIN frames of a client as one stream of bytes. Not thread-safe. */
final class FrameInput extends InputStream {
  private final StreamEnds stream;
  private byte[] current = new byte[0];
  private int at;
  private boolean ended;

  FrameInput(StreamEnds stream) {
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
    while (at == current.length) {
      if (ended) {
        return -1;
      }
      ByteFrame frame = stream.read();
      if (frame == null) {
        throw new EOFException("the client went away before the end of its data");
      }
      if (frame.kind() == ByteFrames.STDIN) {
        current = frame.payload();
        at = 0;
        ended = current.length == 0;
      }
    }
    int taken = Math.min(length, current.length - at);
    System.arraycopy(current, at, into, offset, taken);
    at += taken;
    return taken;
  }
}
