package dev.banger.agent;

import dev.banger.protocol.FailureKind;

/** A request that cannot be carried out, in the words the host will show. */
final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;

  RequestException(FailureKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  FailureKind kind() {
    return kind;
  }
}
