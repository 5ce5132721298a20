package dev.banger.core.model;

/** A command that a guest did not start because of the command itself. */
public final class CommandRefusedException extends BangerException {
  private static final long serialVersionUID = 1L;

  /** What shells exit with when a command is there and cannot be executed. */
  public static final int NOT_EXECUTABLE = 126;

  /** What shells exit with when there is no such command. */
  public static final int NOT_FOUND = 127;

  private final int exitCode;

  private CommandRefusedException(ErrorKind kind, String message, int exitCode) {
    super(kind, message);
    this.exitCode = exitCode;
  }

  public static CommandRefusedException notFound(String message) {
    return new CommandRefusedException(ErrorKind.NOT_FOUND, message, NOT_FOUND);
  }

  public static CommandRefusedException notExecutable(String message) {
    return new CommandRefusedException(ErrorKind.GUEST, message, NOT_EXECUTABLE);
  }

  /** 126 or 127, as a shell would exit. */
  public int exitCode() {
    return exitCode;
  }
}
