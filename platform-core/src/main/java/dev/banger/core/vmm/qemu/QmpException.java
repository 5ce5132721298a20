package dev.banger.core.vmm.qemu;

import java.io.IOException;

/** A QMP command that did not succeed. */
final class QmpException extends IOException {
  private static final long serialVersionUID = 1L;

  enum Reason {
    /** No connection, or it was lost. */
    CLOSED,
    /** No answer in time; the connection lives on. */
    TIMEOUT,
    /** QEMU refused the command; the message is its own. */
    REFUSED
  }

  private final Reason reason;

  QmpException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  QmpException(Reason reason, String message) {
    this(reason, message, null);
  }

  Reason reason() {
    return reason;
  }
}
