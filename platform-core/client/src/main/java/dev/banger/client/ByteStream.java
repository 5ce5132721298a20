package dev.banger.client;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection that carries frames. One thread reads; any number may write. Closing it hangs up
 * whatever is at the other end.
 */
public final class ByteStream implements AutoCloseable {
  private final BangerClient client;
  private final InputStream in;
  private final OutputStream out;
  private final Json answer;

  ByteStream(BangerClient client, InputStream in, OutputStream out, Json answer) {
    this.client = client;
    this.in = in;
    this.out = out;
    this.answer = answer;
  }

  /** What the daemon said beside {@code "stream":true}. */
  public Json answer() {
    return answer;
  }

  /** The next frame, or null when the daemon ended the connection between two frames. */
  public ByteFrame read() throws IOException {
    return ByteFrames.read(in);
  }

  /** Sends {@code length} bytes of standard input, at most {@link ByteFrames#MAX_PAYLOAD}. */
  public void input(byte[] bytes, int offset, int length) throws IOException {
    ByteFrames.write(out, ByteFrames.STDIN, bytes, offset, length);
  }

  public void endInput() throws IOException {
    ByteFrames.writeEnd(out, ByteFrames.STDIN);
  }

  public void signal(int number) throws IOException {
    ByteFrames.writeSignal(out, number);
  }

  public void resize(int rows, int columns) throws IOException {
    ByteFrames.writeResize(out, rows, columns);
  }

  @Override
  public void close() {
    client.close();
  }
}
