package dev.banger.core.vmm.firecracker;

import java.io.IOException;

/** A request to a Firecracker that did not succeed. */
final class ApiException extends IOException {
  private static final long serialVersionUID = 1L;

  enum Reason {
    /** Nobody is there, or they hung up before they had answered. */
    CLOSED,
    /** No answer in time. */
    TIMEOUT,
    /** What came is no answer. */
    NONSENSE,
    /** Firecracker refused; the message is its own. */
    REFUSED
  }

  private final Reason reason;
  private final int status;

  private ApiException(Reason reason, int status, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.status = status;
  }

  static ApiException closed(String message, IOException cause) {
    return new ApiException(Reason.CLOSED, 0, message, cause);
  }

  static ApiException timeout(String message) {
    return new ApiException(Reason.TIMEOUT, 0, message, null);
  }

  static ApiException nonsense(String message, Throwable cause) {
    return new ApiException(Reason.NONSENSE, 0, message, cause);
  }

  static ApiException refused(int status, String message) {
    return new ApiException(Reason.REFUSED, status, message, null);
  }

  Reason reason() {
    return reason;
  }

  /** Of HTTP; 0 when there was no answer. */
  int status() {
    return status;
  }
}
