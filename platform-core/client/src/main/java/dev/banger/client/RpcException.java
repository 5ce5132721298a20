package dev.banger.client;

import java.util.List;
import java.util.Objects;

/**
 * A request that failed, as the daemon or the connection to it told it.
 *
 * <p>The texts may carry words of a guest: whoever prints them escapes them.
 */
public final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String kind;
  private final String hint;
  private final transient List<String> details;

  public RpcException(String kind, String message, String hint) {
    this(kind, message, hint, List.of());
  }

  public RpcException(String kind, String message, String hint, List<String> details) {
    super(message);
    this.kind = Objects.requireNonNull(kind);
    this.hint = Objects.requireNonNull(hint);
    this.details = List.copyOf(details);
  }

  /** One of the error kinds of the RPC contract, for example {@code notFound}. */
  public String kind() {
    return kind;
  }

  /** What to do next; may be empty. */
  public String hint() {
    return hint;
  }

  /** Further lines, for example the tail of a guest's console. */
  public List<String> details() {
    return details == null ? List.of() : details;
  }
}
