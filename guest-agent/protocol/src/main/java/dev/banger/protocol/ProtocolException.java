package dev.banger.protocol;

import java.io.IOException;

/** The peer sent something the protocol does not allow. The connection it came on is of no use. */
public final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
