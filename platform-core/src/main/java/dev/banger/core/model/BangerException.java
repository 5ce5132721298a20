package dev.banger.core.model;

import java.util.List;
import java.util.Objects;

/**
 * A failure that is told to the user: a kind for programs, one sentence for people, a hint for
 * hands.
 *
 * <p>The message names the thing and both values in conflict, starts in lower case and has no full
 * stop. The hint, where there is one, is what to type or do next. Details are further lines, for
 * example the tail of a guest's console; whoever prints them escapes them.
 */
public sealed class BangerException extends RuntimeException permits CommandRefusedException {
  private static final long serialVersionUID = 1L;

  private final ErrorKind kind;
  private final String hint;
  private final transient List<String> details;

  public BangerException(ErrorKind kind, String message) {
    this(kind, message, "");
  }

  public BangerException(ErrorKind kind, String message, String hint) {
    this(kind, message, hint, List.of(), null);
  }

  public BangerException(
      ErrorKind kind, String message, String hint, List<String> details, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.hint = Objects.requireNonNull(hint);
    this.details = List.copyOf(details);
  }

  public ErrorKind kind() {
    return kind;
  }

  /** What to type or do next; empty when there is nothing sensible to say. */
  public String hint() {
    return hint;
  }

  public List<String> details() {
    return details == null ? List.of() : details;
  }

  /** The same failure with further detail lines. */
  public BangerException withDetails(List<String> more) {
    return new BangerException(kind, getMessage(), hint, more, this);
  }
}
