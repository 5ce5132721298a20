package dev.banger.cli.base;

import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.util.List;

/** A command that ends with an error told to the user. */
public final class Failure extends RuntimeException {
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** banger itself failed while running a guest command. */
  public static final int BANGER_FAILED = 125;

  public static final int NOT_EXECUTABLE = 126;
  public static final int COMMAND_NOT_FOUND = 127;

  /** Ended by Ctrl-C, as shells count. */
  public static final int INTERRUPTED = 130;

  private static final long serialVersionUID = 1L;

  private final String kind;
  private final String hint;
  private final transient List<String> details;
  private final int exitCode;

  private Failure(String kind, String message, String hint, List<String> details, int exitCode) {
    super(message);
    this.kind = kind;
    this.hint = hint;
    this.details = details;
    this.exitCode = exitCode;
  }

  /** Wrong words on the command line: exit code 2. */
  public static Failure usage(String message, String hint) {
    return new Failure("usage", message, hint, List.of(), USAGE);
  }

  /** Anything else: exit code 1. */
  public static Failure failed(String kind, String message, String hint) {
    return new Failure(kind, message, hint, List.of(), FAILED);
  }

  public static Failure failed(String kind, String message, String hint, List<String> details) {
    return new Failure(kind, message, hint, details, FAILED);
  }

  /** Ctrl-C: exit code 130. */
  public static Failure interrupted(String message, String hint) {
    return new Failure("conflict", message, hint, List.of(), INTERRUPTED);
  }

  public static Failure of(RpcException e) {
    return new Failure(
        e.kind(), e.getMessage(), e.hint(), e.details(), "usage".equals(e.kind()) ? USAGE : FAILED);
  }

  /** From the JSON form that the daemon uses in batches and ERROR frames. */
  public static Failure of(Json error) {
    String kind = error.text("kind");
    String message = error.text("message");
    return new Failure(
        kind.isEmpty() ? "internal" : kind,
        message.isEmpty() ? "the daemon gave no reason" : message,
        error.text("hint"),
        error.get("details").texts(),
        exitCode(error));
  }

  /** Where a guest's command is at stake, the daemon says what a shell would exit with. */
  private static int exitCode(Json error) {
    long code = error.get("exitCode").number(FAILED);
    return code >= BANGER_FAILED && code <= COMMAND_NOT_FOUND ? (int) code : FAILED;
  }

  /** The same failure, ending the process with {@code code}. */
  public Failure withExitCode(int code) {
    Failure same = new Failure(kind, getMessage(), hint, details(), code);
    same.addSuppressed(this);
    return same;
  }

  public String kind() {
    return kind;
  }

  public String hint() {
    return hint;
  }

  public List<String> details() {
    return details == null ? List.of() : details;
  }

  public int exitCode() {
    return exitCode;
  }

  /** {@code {"kind","message","hint","details"}}. */
  public Json toJson() {
    return Json.build()
        .put("kind", kind)
        .put("message", getMessage())
        .put("hint", hint)
        .put("details", Json.strings(details()))
        .done();
  }
}
