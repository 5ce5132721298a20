package dev.banger.tar;

import java.io.IOException;

/** An archive that is damaged, or that a well-meaning program would not have written. */
public final class TarException extends IOException {
  private static final long serialVersionUID = 1L;

  public TarException(String message) {
    super(message);
  }
}
