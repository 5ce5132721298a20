package dev.banger.protocol;

import java.io.IOException;

/** A read or write on a stream did not finish in time. The stream itself is still whole. */
public final class DeadlineException extends IOException {
  private static final long serialVersionUID = 1L;

  public DeadlineException(String message) {
    super(message);
  }
}
