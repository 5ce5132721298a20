package dev.banger.client;

import java.io.IOException;

/** Bytes that are not one JSON document within its bounds. */
public final class MalformedJsonException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedJsonException(String message) {
    super(message);
  }
}
