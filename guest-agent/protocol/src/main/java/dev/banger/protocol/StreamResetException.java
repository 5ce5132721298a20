package dev.banger.protocol;

import java.io.IOException;

/** The stream ended before its time: the peer gave it up, or the link it was on is gone. */
public final class StreamResetException extends IOException {
  private static final long serialVersionUID = 1L;

  public StreamResetException(String message) {
    super(message);
  }
}
