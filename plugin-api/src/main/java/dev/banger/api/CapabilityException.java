package dev.banger.api;

import java.util.Objects;

/**
 * A failure that is told to the user as it stands. Thrown by the host to plugins and by plugins to
 * the host; anything else a plugin throws is reported as its defect.
 */
public final class CapabilityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;
  private final String hint;

  /**
   * @param message one sentence with the values in conflict; starts in lower case, no full stop
   */
  public CapabilityException(FailureKind kind, String message) {
    this(kind, message, "", null);
  }

  /**
   * @param hint what to type or do next; may be empty
   */
  public CapabilityException(FailureKind kind, String message, String hint) {
    this(kind, message, hint, null);
  }

  public CapabilityException(FailureKind kind, String message, String hint, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.hint = Objects.requireNonNull(hint);
  }

  public FailureKind kind() {
    return kind;
  }

  public String hint() {
    return hint;
  }
}
