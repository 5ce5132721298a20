package dev.banger.protocol;

import java.nio.charset.StandardCharsets;

/**
 * One frame of a byte stream.
 *
 * @param kind one of the kinds in {@link ByteFrames}, 1 to 7
 * @param payload at most {@link ByteFrames#MAX_PAYLOAD} bytes; not copied, so belongs to whoever
 *     holds the frame
 */
public record ByteFrame(int kind, byte[] payload) {

  /** STDIN, STDOUT, STDERR: no more bytes will come on this stream. */
  public boolean isEndOfStream() {
    return payload.length == 0;
  }

  /**
   * EXIT: the exit code.
   *
   * @throws ProtocolException when the payload is not 4 bytes
   */
  public int exitCode() throws ProtocolException {
    insist(4);
    return (payload[0] & 0xff) << 24
        | (payload[1] & 0xff) << 16
        | (payload[2] & 0xff) << 8
        | (payload[3] & 0xff);
  }

  /**
   * SIGNAL: the signal number, 1 to 255.
   *
   * @throws ProtocolException when the payload is not 1 byte, or 0
   */
  public int signal() throws ProtocolException {
    insist(1);
    if (payload[0] == 0) {
      throw new ProtocolException("signal 0 is not a signal");
    }
    return payload[0] & 0xff;
  }

  /**
   * RESIZE: terminal rows, 0 to 65535.
   *
   * @throws ProtocolException when the payload is not 4 bytes
   */
  public int rows() throws ProtocolException {
    insist(4);
    return (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
  }

  /**
   * RESIZE: terminal columns, 0 to 65535.
   *
   * @throws ProtocolException when the payload is not 4 bytes
   */
  public int columns() throws ProtocolException {
    insist(4);
    return (payload[2] & 0xff) << 8 | (payload[3] & 0xff);
  }

  /** ERROR: the payload as text. Whoever shows it escapes it. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  private void insist(int bytes) throws ProtocolException {
    if (payload.length != bytes) {
      throw new ProtocolException(
          ByteFrames.name(kind) + " frame of " + payload.length + " bytes, expected " + bytes);
    }
  }
}
